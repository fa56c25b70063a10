import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { asPage, atConsole } from './support/at-console.js'
import { aBrowser } from './support/browser.js'
import { pool1, pool2, sdkOf, somethingHappened } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

t.test('addresses are shared with programs', async t => {
  const rockpool = await aRockpool(t)
  const { open } = atConsole(rockpool)

  t.test('a browser finds a page, a program JSON', async t => {
    const page = await open('/flights')
    t.match(page.headers.get('content-type'), /^text\/html/)
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/flights`)
    t.same(await answer.json(), { flights: [] })
  })

  t.test('at / a browser finds a link to the console, a program what it found before', async t => {
    const page = await (await fetch(rockpool.baseUrl, { headers: asPage })).text()
    t.match(page, /href="\/_rockpool\/"/)
    const answer = await fetch(rockpool.baseUrl, { redirect: 'manual' })
    t.same([answer.status, answer.headers.get('location')], [302, '/_rockpool/app'])
  })
})

t.test('security', async t => {
  const rockpool = await aRockpool(t)
  const { open, browser, url } = atConsole(rockpool)
  const disable = `/pools/${pool2}/users/5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02/disable`
  const isEnabled = async () =>
    (await sdkOf(rockpool).send(new cognito.AdminGetUserCommand({ UserPoolId: pool2, Username: 'marco' })))
      .Enabled

  t.test('a page has a policy without anything inline, and no frame around it', async t => {
    const { headers, text } = await open('/')
    const policy = headers.get('content-security-policy') ?? ''
    t.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/)
    t.match(policy, /frame-ancestors 'none'/)
    t.notMatch(policy, /unsafe/)
    t.notMatch(text, /<style|<script(?! src)| style="| on[a-z]+="/)
    t.notMatch(text.replaceAll(rockpool.baseUrl, ''), /(?:src|href)="https?:/, 'nothing comes from elsewhere')
  })

  t.test("a page of a stranger's origin gets nothing, and changes nothing", async t => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const answer = await open('/', headers)
      t.equal(answer.status, 403)
      t.notMatch(answer.text, /oidc-pool/)
      const form = await browser.post(url(disable), {}, { ...asPage, ...headers })
      t.equal(form.status, 403)
    }
    t.equal(await isEnabled(), true)
  })

  t.test('a Host that may be somebody else’s is refused', async t => {
    const { request } = await import('node:http')
    const { port } = new URL(rockpool.baseUrl)
    const status = await new Promise(resolve => {
      request({ port, path: '/_rockpool/', headers: { ...asPage, host: 'evil.example' } }, ({ statusCode }) =>
        resolve(statusCode),
      ).end()
    })
    t.equal(status, 403)
  })

  t.test('a form without the token of this browser is refused, and changes nothing', async t => {
    await open('/')
    for (const form of [{}, { _csrf: 'x'.repeat(43) }] as Record<string, string>[]) {
      const answer = await browser.post(url(disable), form, asPage)
      t.equal(answer.status, 400)
      t.match(await answer.text(), /This page has expired/)
    }
    const other = await atConsole(rockpool).open(`/pools/${pool2}/groups`)
    const _csrf = /name="_csrf" value="([^"]+)"/.exec(other.text)?.[1] ?? ''
    t.equal((await browser.post(url(disable), { _csrf }, asPage)).status, 400, "another browser's token")
    t.equal(await isEnabled(), true)
  })

  t.test('a client’s secret is in the page only when it is asked for', async t => {
    const secret = 'pool1sharesthissecretwithpool2fordevelopmentonly000'
    t.notMatch((await open(`/pools/${pool2}`)).text, secret)
    t.match((await open(`/pools/${pool2}?secret=2pool1atpool2clientid00000`)).text, secret)
  })

  t.test('what somebody typed stays text', async t => {
    const typed = '"><script>alert(1)</script>'
    for (const path of ['/flights?user=', `/pools/${pool2}/users?begins=`, '/flights/'])
      t.notMatch((await open(`${path}${encodeURIComponent(typed)}`)).text, '<script>alert')
  })
})

t.test('home and flights', async t => {
  const rockpool = await aRockpool(t)
  const { open } = atConsole(rockpool)
  await somethingHappened(rockpool)
  const flights = rockpool.operations.flights()
  const federated = flights.find(({ pools }) => pools.length > 1)
  const refused = flights.find(({ refusals }) => refusals.length > 0)

  t.test('home shows pools, what happened last, and what to do first', async t => {
    const { text } = await open('/')
    for (const told of [
      'oidc-pool-1',
      'oidc-pool-2',
      'Latest flights',
      'ada@example.com',
      'What to do first',
    ])
      t.match(text, told)
    t.ok(text.indexOf(refused?.id ?? '-') < text.indexOf(federated?.id ?? '-'), 'the newest on top')
  })

  t.test('the list is narrowed by pool, user, client and refusals', async t => {
    const ids = async (query: string) =>
      [...(await open(`/flights?${query}`)).text.matchAll(/\/_rockpool\/flights\/([a-z0-9]+)"/g)].map(
        ([, id]) => id,
      )
    t.ok((await ids('')).length >= 2)
    t.same(await ids('refused=on'), [refused?.id])
    t.same(await ids(`pool=${pool2}&user=MARCO`), [federated?.id])
    t.same(await ids('client=nobody'), [])
  })

  t.test('a flight tells the mapping, the decoded tokens and the lanes', async t => {
    const { text } = await open(`/flights/${federated?.id}`)
    for (const told of [
      'custom:department',
      'written',
      'Access token',
      'ID token of CorporateID',
      'POST /oauth2/token',
    ])
      t.match(text, told)
    t.match(
      text,
      /<span class="way">oidc-pool-1 → oidc-pool-2<\/span><span class="label">POST \/oauth2\/token/,
    )
    t.match(text, /<span class="way">web-app → oidc-pool-1<\/span><span class="label">POST \/oauth2\/token/)
    t.match(text, /<span class="way">Browser → web-app<\/span><span class="label">code</)
    const within =
      /GET \/oauth2\/idpresponse<[\s\S]*?<ol class="legs within"[^>]*>([\s\S]*?)<\/ol>([\s\S]*?)<\/li>/.exec(
        text,
      )
    t.match(
      within?.[1],
      /POST \/oauth2\/token[\s\S]*jwks\.json[\s\S]*GET \/oauth2\/userInfo/,
      'what a pool asks for its answer',
    )
    t.match(within?.[2], /302 → [^<]*callback/, 'is before the answer')
  })

  t.test('a refusal is told with its reason and its remedy', async t => {
    const { text } = await open(`/flights/${refused?.id}`)
    t.match(text, /<code>redirect_mismatch<\/code>/)
    t.match(text, /<strong>Because<\/strong> .*elsewhere/)
    t.match(text, /<strong>Remedy<\/strong> \S/)
  })

  t.test('a flight is a file to share, without secrets', async t => {
    const { headers, text } = await open(`/flights/${federated?.id}/file`)
    t.match(headers.get('content-disposition'), /attachment; filename="flight-\w+\.json"/)
    t.equal(JSON.parse(text).id, federated?.id)
    t.notMatch(text, 'Anemone-4-Marco!')
  })

  t.test('a flight that is gone is a page that says so', async t => {
    const { status, text } = await open('/flights/none')
    t.equal(status, 404)
    t.match(text, 'There is no such flight.')
  })
})

t.test('a claim that is dropped says why', async t => {
  const seed = await unwritable()
  const rockpool = await aRockpool(t, { seed })
  await rockpool.operations.signIn({
    pool: 'oidc-pool-1',
    client: 'web-app',
    provider: 'CorporateID',
    username: 'marco',
    password: 'Anemone-4-Marco!',
  })
  const [flight] = rockpool.operations.flights()
  const { text } = await atConsole(rockpool).open(`/flights/${flight?.id}`)
  t.match(text, 'Client web-app may not write custom:department.')
  t.match(text, 'Add custom:department to WriteAttributes of the client.')
})

/** The demo, with a client that may not write what is mapped. */
async function unwritable(): Promise<object> {
  const { readSeeds } = await import('../src/config/seed/read.js')
  const [seed] = structuredClone(await readSeeds(['fixtures/two-pools.yaml'])) as unknown as [
    { UserPools: { Clients: { WriteAttributes?: string[] }[] }[] },
  ]
  const { UserPools } = seed
  const client = UserPools[0]?.Clients[0]
  if (client === undefined) throw new Error('the demo has no client')
  client.WriteAttributes = ['email', 'given_name', 'family_name']
  return { UserPools }
}

t.test('users', async t => {
  const rockpool = await aRockpool(t)
  const sdk = sdkOf(rockpool)
  const console = atConsole(rockpool)
  const list = `/pools/${pool2}/users`
  const get = (Username: string) => sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool2, Username }))
  const subOf = async (Username: string) =>
    (await get(Username)).UserAttributes?.find(({ Name }) => Name === 'sub')?.Value ?? ''

  t.test('one is created with a temporary password and a verified address, and invited', async t => {
    const { text, location } = await console.send(`${list}/new`, list, {
      username: 'nemo',
      'attribute:email': 'nemo@example.com',
      'verified:email': 'on',
      password: 'Nautilus-20000!',
      media: 'EMAIL',
    })
    t.match(text, 'nemo was created.')
    const { UserStatus, UserAttributes } = await get('nemo')
    t.equal(UserStatus, 'FORCE_CHANGE_PASSWORD')
    t.match(UserAttributes?.slice(1), [{ Name: 'email' }, { Name: 'email_verified', Value: 'true' }])
    t.match(await rockpool.operations.messages({ username: 'nemo' }), [
      { purpose: 'invitation', secret: 'Nautilus-20000!' },
    ])
    t.notMatch(
      (await console.open(location?.replace('/_rockpool', '') ?? '')).text,
      'was created',
      'the message is shown once',
    )
  })

  t.test('what is refused loses nothing that was typed', async t => {
    const { status, text } = await console.send(`${list}/new`, list, {
      username: 'ned',
      'attribute:email': 'ned@example.com',
      password: 'short',
    })
    t.equal(status, 400)
    t.match(text, /value="ned@example.com"/)
    t.match(text, 'does not conform to policy')
    const blank = await console.send(`${list}/new`, list, { username: 'ned land' })
    t.match(blank.text, 'Username has a character that it cannot have')
    await t.rejects(get('ned'), { name: 'UserNotFoundException' })
  })

  t.test('one is disabled, enabled, given a password, put into a group, and deleted', async t => {
    const page = `${list}/${await subOf('nemo')}`
    await console.send(page, `${page}/disable`)
    t.equal((await get('nemo')).Enabled, false)
    await console.send(page, `${page}/enable`)
    t.equal((await get('nemo')).Enabled, true)
    await console.send(page, `${page}/password`, { password: 'Pacific-Ocean-1!', permanent: 'on' })
    t.equal((await get('nemo')).UserStatus, 'CONFIRMED')
    await console.send(page, `${page}/groups`, { group: 'staff' })
    const groups = await sdk.send(
      new cognito.AdminListGroupsForUserCommand({ UserPoolId: pool2, Username: 'nemo' }),
    )
    t.match(groups.Groups, [{ GroupName: 'staff' }])
    const reset = await console.send(page, `${page}/reset`)
    t.match(reset.text, 'The password was reset')
    t.equal((await get('nemo')).UserStatus, 'RESET_REQUIRED')
    const again = await console.send(page, `${page}/confirm`)
    t.match(again.text, 'User cannot be confirmed. Current status is RESET_REQUIRED')
    const { text } = await console.send(page, `${page}/delete`)
    t.match(text, 'nemo was deleted.')
    await t.rejects(get('nemo'), { name: 'UserNotFoundException' })
  })

  t.test('groups are created and deleted', async t => {
    const groups = `/pools/${pool2}/groups`
    const made = await console.send(groups, groups, { name: 'divers', precedence: '3' })
    t.match(made.text, 'The group divers was created.')
    t.match((await console.send(groups, groups, { name: 'divers' })).text, 'A group with the name')
    t.match((await console.send(groups, groups, { name: 'two words' })).text, 'Name has a character')
    await console.send(`/pools/${pool2}/group?name=divers`, `${groups}/delete`, { group: 'divers' })
    await t.rejects(sdk.send(new cognito.GetGroupCommand({ UserPoolId: pool2, GroupName: 'divers' })), {
      name: 'ResourceNotFoundException',
    })
  })

  t.test('many come a page at a time, and are found by how they begin', async t => {
    await rockpool.operations.importUsers(
      'oidc-pool-1',
      Array.from({ length: 150 }, (_, index) => ({ username: `swimmer-${String(index).padStart(4, '0')}` })),
    )
    const seen = new Set<string>()
    let pages = 0
    for (let path: string | undefined = `/pools/${pool1}/users`; path !== undefined; pages += 1) {
      const { text } = await console.open(path)
      const here = [...text.matchAll(/>(swimmer-\d+)</g)].map(([, name = '']) => name)
      t.ok(here.length <= 60)
      for (const name of here) seen.add(name)
      path = /href="\/_rockpool([^"]+)" rel="next"/.exec(text)?.[1]?.replaceAll('&amp;', '&')
    }
    t.same([seen.size, pages], [150, 3])
    const { text } = await console.open(`/pools/${pool1}/users?by=username&begins=swimmer-014`)
    t.same(text.match(/>swimmer-\d+</g)?.length, 10)
  })
})

t.test('the inbox', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const { open } = atConsole(rockpool)
  const [mail] = await rockpool.operations.messages({ username: 'ada' })

  t.test('lists the newest, by pool and by user', async t => {
    const { text } = await open('/inbox')
    t.ok(text.indexOf('marco@example.com') < text.indexOf('ada@example.com'))
    t.notMatch((await open(`/inbox?pool=${pool1}`)).text, 'ada@example.com')
    const ofAda = (await open(`/inbox?pool=${pool2}&user=${mail?.sub}`)).text
    t.match(ofAda, 'ada@example.com')
    t.notMatch(ofAda, 'marco@example.com')
  })

  t.test('shows a mail in a sandbox, and its code', async t => {
    const page = await open(`/inbox/${mail?.id}`)
    t.match(page.text, /<iframe [^>]*sandbox="allow-popups allow-popups-to-escape-sandbox"/)
    t.match(page.text, 'no-reply@verificationemail.com to ada@example.com')
    t.match(page.text, `<dt>Made by</dt><dd>${mail?.madeBy}</dd>`)
    const body = await open(`/inbox/${mail?.id}/body`)
    t.match(body.headers.get('content-security-policy'), /^sandbox allow-popups .*default-src 'none'/)
    t.match(body.text, 'Your username is ada')
  })

  t.test('finds the newest of many messages', async t => {
    const sdk = sdkOf(rockpool)
    for (let index = 0; index < 70; index += 1)
      await sdk.send(
        new cognito.AdminCreateUserCommand({
          UserPoolId: pool2,
          Username: `diver-${index}`,
          DesiredDeliveryMediums: ['EMAIL'],
          UserAttributes: [{ Name: 'email', Value: `diver-${index}@example.com` }],
        }),
      )
    const { text } = await open('/inbox')
    t.match(text, 'diver-69@example.com')
    t.notMatch(text, 'ada@example.com')
    t.equal(text.match(/to diver-\d+@/g)?.length, 60)
  })
})

t.test('the inbox is emptied, of one pool or of all', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const { open, send } = atConsole(rockpool)
  const before = (await rockpool.operations.messages()).length
  t.ok(before > 2)
  t.match((await open('/inbox')).text, /npx rockpool inbox[\s\S]*curl http:\/\/[^<]*\/_rockpool\/messages/)
  t.match((await send('/inbox', '/inbox/empty', { pool: pool1 })).text, '0 messages of oidc-pool-1 are gone.')
  t.equal((await rockpool.operations.messages()).length, before)
  t.match((await send('/inbox', '/inbox/empty')).text, `${before} messages are gone.`)
  t.strictSame(await rockpool.operations.messages(), [])
  t.match((await open('/inbox')).text, 'Nothing here yet.')
})

t.test('sessions', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const { open } = atConsole(rockpool)

  t.test('are shown side by side, with what the chain of sign-outs lacks', async t => {
    const { text } = await open('/sessions')
    t.equal(text.match(/>signed in</g)?.length, 2, 'at both pools')
    t.match(text, />tokens</)
    t.match(text, 'For this to work, register as a sign-out URL')
  })

  t.test('the chain signs out of both pools, once it is registered', async t => {
    const sdk = sdkOf(rockpool)
    const [chain = ''] = /http[^<]*\/logout[^<]*/.exec((await open('/sessions')).text) ?? []
    const link = new URL(chain.replaceAll('&amp;', '&'))
    const atSecond = link.searchParams.get('logout_uri') ?? ''
    const back = new URL(atSecond).searchParams.get('logout_uri') ?? ''
    for (const [UserPoolId, ClientId, url] of [
      [pool1, link.searchParams.get('client_id'), atSecond],
      [pool2, new URL(atSecond).searchParams.get('client_id'), back],
    ] as const) {
      const which = { UserPoolId, ClientId: ClientId ?? '' }
      const { UserPoolClient = {} } = await sdk.send(new cognito.DescribeUserPoolClientCommand(which))
      const {
        CallbackURLs,
        LogoutURLs = [],
        AllowedOAuthFlows,
        AllowedOAuthScopes,
        SupportedIdentityProviders,
      } = UserPoolClient
      await sdk.send(
        new cognito.UpdateUserPoolClientCommand({
          ...which,
          ...{ CallbackURLs, AllowedOAuthFlows, AllowedOAuthScopes, SupportedIdentityProviders },
          AllowedOAuthFlowsUserPoolClient: true,
          LogoutURLs: [...LogoutURLs, url],
        }),
      )
    }
    t.match((await open('/sessions')).text, 'Both addresses are registered.')
    const { url, way } = await aBrowser().follow(link.href, back)
    t.equal(url.href, back)
    t.match(
      way.map(({ pathname }) => pathname),
      ['/oidc-pool-1/logout', '/oidc-pool-2/logout'],
    )
  })
})

t.test('time and state', async t => {
  const rockpool = await aRockpool(t)
  const console = atConsole(rockpool)
  const { clock } = rockpool.operations

  t.test('the clock is moved, frozen, and goes with the system again', async t => {
    await console.send('/time', '/time/advance', { hours: '2' })
    t.ok(Math.abs(clock.aheadSeconds - 7200) < 5)
    t.match((await console.open('/')).text, 'The clock is 2 hours ahead of the system')
    await console.send('/time', '/time/set', { to: '2030-01-31 12:00:00' })
    await console.send('/time', '/time/freeze')
    t.match(new Date(clock.now()).toISOString(), /^2030-01-31T12:00/)
    const refused = await console.send('/time', '/time/set', { to: 'teatime' })
    t.match(refused.text, 'is no time that the clock can show')
    t.match((await console.send('/time', '/time/advance', { hours: 'x' })).text, 'The clock was not moved.')
    await console.send('/time', '/time/reset')
    t.equal(clock.aheadSeconds, 0)
  })

  t.test('a snapshot is taken, restored and deleted; a reset begins anew', async t => {
    const names = () => rockpool.operations.snapshots.names()
    const users = async () => (await rockpool.operations.exportUsers('oidc-pool-2')).length
    t.match(
      (await console.send('/time', '/time/snapshots', { name: '../x' })).text,
      'The name cannot be that of a snapshot',
    )
    await console.send('/time', '/time/snapshots', { name: 'calm' })
    t.same(await names(), ['calm'])
    await rockpool.operations.createUser('oidc-pool-2', { username: 'storm' })
    t.equal(await users(), 3)
    t.match(
      (await console.send('/time', '/time/snapshots/restore', { name: 'calm' })).text,
      'that of the snapshot calm',
    )
    t.equal(await users(), 2)
    await console.send('/time', '/time/snapshots/delete', { name: 'calm' })
    t.same(await names(), [])
    await rockpool.operations.createUser('oidc-pool-2', { username: 'storm' })
    await console.send('/time', '/time/state/reset')
    t.equal(await users(), 2)
  })
})
