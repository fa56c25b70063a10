import { request } from 'node:http'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { decodeJwt } from 'jose'
import t, { type Test } from 'tap'
import { anSdk, refusal } from './support/api.js'
import { launchChromium } from './support/chromium.js'
import { aRockpool } from './support/rockpool.js'

const custom = 'login.customers.example'
const callback = 'https://app.example/callback'
const password = 'Kingfisher-7-Jane!'
const certificate = { CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/1' }

/** A pool made by the API, with a user, a client, a provider and a custom domain. */
async function aPool(t: Test, domain = custom) {
  const rockpool = await aRockpool(t, {
    seed: { UserPools: [{ PoolName: 'corporate', Domain: 'corporate' }] },
  })
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'customers' }))
  const UserPoolId = UserPool?.Id ?? ''
  await sdk.send(
    new cognito.CreateIdentityProviderCommand({
      UserPoolId,
      ProviderName: 'Corporate',
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: 'x',
        client_secret: 'y',
        attributes_request_method: 'GET',
        oidc_issuer: rockpool.pools[0]?.issuer ?? '',
        authorize_scopes: 'openid',
      },
    }),
  )
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'shop',
      CallbackURLs: [callback],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid'],
      SupportedIdentityProviders: ['COGNITO', 'Corporate'],
    }),
  )
  const who = { UserPoolId, Username: 'jane' }
  await sdk.send(new cognito.AdminCreateUserCommand(who))
  await sdk.send(new cognito.AdminSetUserPasswordCommand({ ...who, Password: password, Permanent: true }))
  await sdk.send(
    new cognito.CreateUserPoolDomainCommand({
      UserPoolId,
      Domain: domain,
      CustomDomainConfig: certificate,
    }),
  )
  const query = (more = {}) =>
    new URLSearchParams({
      client_id: UserPoolClient?.ClientId ?? '',
      response_type: 'code',
      redirect_uri: callback,
      ...more,
    }).toString()
  const { port } = rockpool.address
  return {
    rockpool,
    sdk,
    UserPoolId,
    query,
    port,
    ask: asker(port),
    clientId: UserPoolClient?.ClientId ?? '',
  }
}

/** Asks our listener for a path under a host name. */
const asker = (port: number) => (host: string, path: string, form?: Record<string, string>) =>
  new Promise<{ status: number; location: string; cookies: string[]; text: string }>((answered, failed) => {
    const headers = { host, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) }
    const method = form === undefined ? 'GET' : 'POST'
    request({ host: '127.0.0.1', port, path, method, headers, agent: false }, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        answered({
          status: response.statusCode ?? 0,
          location: response.headers.location ?? '',
          cookies: response.headers['set-cookie'] ?? [],
          text: Buffer.concat(chunks).toString(),
        }),
      )
    })
      .on('error', failed)
      .end(form && new URLSearchParams(form).toString())
  })

t.test('a browser signs in at a custom domain, which is the pool’s only one', async t => {
  const { ask, port, query, clientId, UserPoolId, rockpool } = await aPool(t)
  const chromium = await launchChromium(`--host-resolver-rules=MAP ${custom} 127.0.0.1`)
  t.teardown(() => chromium.close())
  const page = await chromium.newPage()
  await page.goto(`http://${custom}:${port}/oauth2/authorize?${query({ scope: 'openid' })}`)
  t.match(page.url(), `http://${custom}:${port}/login?`)
  const ground = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue('--ground'))
  t.match(ground, /^#/, 'the style sheet is found under that name too')
  await page.locator('#signInFormUsername').fill('jane')
  await page.locator('#signInFormPassword').fill(password)
  // Nothing answers there: that the browser sets out for it is what counts.
  const back = page.waitForRequest(request => request.url().startsWith(`${callback}?`))
  await page.locator('[type=submit]').click()
  const arrival = new URL((await back).url())
  const cookies = await page.context().cookies(`http://${custom}:${port}/`)
  t.match(
    cookies.find(({ name }) => name === `cognito.${UserPoolId}`),
    { domain: custom, path: '/' },
    'its cookies are the host’s',
  )

  const exchanged = await ask(`${custom}:${port}`, '/oauth2/token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    redirect_uri: callback,
    code: arrival.searchParams.get('code') ?? '',
  })
  t.equal(exchanged.status, 200, exchanged.text)
  const { id_token } = JSON.parse(exchanged.text) as { id_token: string }
  t.equal(
    decodeJwt(id_token).iss,
    `${rockpool.baseUrl}/${UserPoolId}`,
    'there is one issuer for every caller',
  )
})

t.test('where a pool with a custom domain is found', async t => {
  const { ask, port, query, sdk, UserPoolId, rockpool, clientId } = await aPool(t)
  const { baseUrl } = rockpool
  const host = `${custom}:${port}`
  const configuration = async () => {
    const { text } = await ask(`localhost:${port}`, `/${UserPoolId}/.well-known/openid-configuration`)
    return JSON.parse(text) as Record<string, string>
  }

  await t.test('discovery names it while there is no prefix', async t => {
    t.match(await configuration(), {
      authorization_endpoint: `${baseUrl}/${custom}/oauth2/authorize`,
      token_endpoint: `${baseUrl}/${custom}/oauth2/token`,
    })
    const page = await ask(`localhost:${port}`, `/${custom}/login?${query()}`)
    t.equal(page.status, 200)
    t.match(page.cookies, [new RegExp(`Path=/${custom};`)])
  })

  await t.test('under its name, in any case and at any port', async t => {
    for (const name of [host, custom, custom.toUpperCase()]) {
      const page = await ask(name, `/login?${query()}`)
      t.equal(page.status, 200, name)
      t.match(page.cookies, [/Path=\/;/])
      t.equal(
        (await ask(name, `/logout?${query()}`)).location,
        `${baseUrl}/${custom}/logout?${query()}`,
        'without a session under this name, it may be the canonical one that ends',
      )
    }
    t.equal((await ask(host, '/login?client_id=nobody')).status, 302, 'also what names no client')
    t.equal(
      (await ask('other.customers.example', `/login?${query()}`)).location,
      `${baseUrl}/${custom}/login?${query()}`,
    )
  })

  await t.test('federation comes back to the address that the provider knows', async t => {
    for (const [name, path] of [
      [host, ''],
      [`localhost:${port}`, `/${custom}`],
    ] as const) {
      const through = query({ identity_provider: 'Corporate' })
      const away = await ask(name, `${path}/oauth2/authorize?${through}`)
      t.match(away.location, `${baseUrl}/corporate/oauth2/authorize?`)
      t.equal(
        new URL(away.location).searchParams.get('redirect_uri'),
        `${baseUrl}/${custom}/oauth2/idpresponse`,
      )
    }
  })

  await t.test('its form', async t => {
    const domain = (Domain: string, CustomDomainConfig?: typeof certificate) =>
      refusal(sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain, CustomDomainConfig })))
    for (const name of ['customers.example', 'a..example.org', '-a.b.example', 'Login.customers.example'])
      t.match(
        await domain(name, certificate),
        ['InvalidParameterException', 'Custom domain is not a valid subdomain'],
        name,
      )
    for (const name of ['a.b.example', 'Customers', 'custom_ers', 'customers-'])
      t.match(
        await domain(name),
        ['InvalidParameterException', /^The domain name contains an invalid character/],
        name,
      )
    t.match(await domain('x'.repeat(64)), ['InvalidParameterException', /length less than or equal to 63/])
  })

  await t.test('it opens nothing of Rockpool’s own', async t => {
    t.equal((await ask(host, '/_rockpool/messages')).status, 403)
    t.equal((await ask(host, '/_rockpool/flights')).status, 403)
  })

  await t.test('of two domains discovery tells the custom one, links the prefix, and both serve', async t => {
    await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'customers' }))
    t.match(await configuration(), {
      authorization_endpoint: `${baseUrl}/${custom}/oauth2/authorize`,
      end_session_endpoint: `${baseUrl}/${custom}/logout`,
      token_endpoint: `${baseUrl}/${custom}/oauth2/token`,
    })
    t.equal(
      (await ask(`localhost:${port}`, `/login?${query()}`)).location,
      `${baseUrl}/customers/login?${query()}`,
    )
    for (const [name, path, cookiePath] of [
      [host, '', '/'],
      [`localhost:${port}`, `/${custom}`, `/${custom}`],
      [`localhost:${port}`, '/customers', '/customers'],
    ] as const) {
      const page = await ask(name, `${path}/login?${query()}`)
      t.equal(page.status, 200, `${name}${path}`)
      t.match(page.cookies, [new RegExp(`Path=${cookiePath};`)])
    }
    t.match((await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool, {
      Domain: 'customers',
      CustomDomain: custom,
    })
  })

  await t.test('a name belongs to one pool, until it is deleted', async t => {
    const { UserPool: other } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'other' }))
    const claim = {
      UserPoolId: other?.Id ?? '',
      Domain: custom,
      CustomDomainConfig: certificate,
    }
    t.strictSame(await refusal(sdk.send(new cognito.CreateUserPoolDomainCommand(claim))), [
      'InvalidParameterException',
      'Domain already associated with another user pool.',
    ])
    await sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: custom }))
    t.equal((await ask(host, '/login?client_id=nobody')).status, 404)
    t.equal((await ask(host, `/${custom}/login?client_id=${clientId}`)).status, 404)
    await sdk.send(new cognito.CreateUserPoolDomainCommand(claim))
    t.equal((await ask(host, '/login?client_id=nobody')).status, 302, 'and is another’s then')
  })
})
