import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Page } from 'playwright-core'
import t from 'tap'
import { anSdk, refusal } from './support/api.js'
import { launchChromium } from './support/chromium.js'
import { enabled, NAE, password, pool, seed, totpAt } from './support/guarded-pool.js'
import { aBay, visitor } from './support/hosted.js'
import { aClock, aRockpool } from './support/rockpool.js'

t.test('the hosted pages', async t => {
  const clock = aClock()
  const poolSeed = seed.UserPools[0]
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const rockpool = await aRockpool(t, {
    clock,
    seed: {
      UserPools: [
        {
          ...poolSeed,
          Domain: 'guarded',
          MfaConfiguration: 'ON',
          SoftwareTokenMfaConfiguration: { Enabled: true },
          EmailMfaConfiguration: {},
          Clients: [
            {
              ClientName: 'web',
              ClientId: 'web0id',
              CallbackURLs: ['https://app.example/cb'],
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid'],
              SupportedIdentityProviders: ['COGNITO'],
            },
          ],
          Users: [
            ...(poolSeed?.Users ?? []),
            { Username: 'ada', Password: password, SoftwareTokenSecret: secret },
          ],
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const lastCode = async (username: string): Promise<string> => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  const complaints: string[] = []
  const arrived = new Set<Page>()
  const isAtApp = /^https:\/\/app\.example\/cb\?code=/
  /** Opens the sign-in page in a browser of its own, and goes as far as the second factor. */
  const begin = async (username: string, PASSWORD = password, viewport = { width: 1280, height: 800 }) => {
    const context = await chromium.newContext({ viewport })
    const page = await context.newPage()
    page.on('request', request => isAtApp.test(request.url()) && arrived.add(page))
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(
      `${rockpool.baseUrl}/guarded/login?client_id=web0id&response_type=code&redirect_uri=https://app.example/cb`,
    )
    await page.locator('#signInFormUsername').fill(username)
    await page.locator('#signInFormPassword').fill(PASSWORD)
    await page.locator('[name=signInSubmitButton]').click()
    return page
  }
  // Nothing answers there: that the browser sets out for it is what counts.
  const isBack = async (page: Page) => arrived.has(page) || (await page.waitForRequest(isAtApp))

  t.comment('a code by mail, after a wrong one and another one')
  const marco = await begin('marco')
  t.match(await marco.locator('main').textContent(), 'm***@r***')
  const first = await lastCode('marco')
  await marco.locator('#code').fill('00000000')
  await marco.locator('[name=mfaSubmitButton]').click()
  t.match(await marco.locator('#mfaError').textContent(), 'Invalid code or auth state for the user.')
  await marco.reload()
  const asksAgain = marco.waitForEvent('load')
  await marco.locator('[name=again]').click()
  await asksAgain
  const second = await lastCode('marco')
  t.not(first, second)
  await marco.locator('#code').fill(`${second.slice(0, 4)} ${second.slice(4)}`)
  await marco.locator('[name=mfaSubmitButton]').click()
  await isBack(marco)

  t.comment('an authenticator app that the seed gave')
  const ada = await begin('ada')
  await ada.locator('#code').fill(totpAt(secret, clock.now()))
  await ada.locator('[name=mfaSubmitButton]').click()
  await isBack(ada)

  t.comment('a temporary password, then setting an app up')
  const jane = await begin('jane', 'Welcome-2-Rockpool!', { width: 375, height: 720 })
  await jane.locator('[name=new_password]').fill(password)
  await jane.locator('[name=confirm_password]').fill(password)
  await jane.locator('[name=newPasswordSubmitButton]').click()
  await jane.getByLabel('Authenticator app').check()
  await jane.getByRole('button', { name: 'Continue' }).click()
  const shown = () => jane.locator('#softwareTokenSecret').getAttribute('data-secret')
  const offered = (await shown()) ?? ''
  t.match(offered, /^[A-Z2-7]{52}$/)
  t.ok(
    await jane.locator('.picture img').evaluate(image => (image as HTMLImageElement).naturalWidth > 0),
    'the picture is one',
  )
  await jane.reload()
  t.equal(await shown(), offered, 'a reload shows the same key')
  t.equal(
    await jane.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
    true,
    'nothing is wider than a telephone',
  )
  const Session = (await jane.locator('[name=challenge]').first().getAttribute('value')) ?? ''
  t.match(
    await refusal(sdk.send(new cognito.AssociateSoftwareTokenCommand({ Session }))),
    [NAE, 'Invalid session for the user.'],
    'a sign-in at the pages ends there',
  )
  const atApi = {
    ClientId: 'web0id',
    ChallengeName: 'MFA_SETUP' as const,
    Session,
    ChallengeResponses: { USERNAME: 'jane', email: 'jane@reef.example' },
  }
  t.match(
    await refusal(sdk.send(new cognito.RespondToAuthChallengeCommand(atApi))),
    [NAE, 'Invalid session for the user.'],
    'and gives no tokens of the API',
  )
  const codeOfApp = jane.locator('section', { hasText: 'With an authenticator app' }).locator('#code')
  await codeOfApp.fill('000000')
  await jane.locator('[name=mfaSubmitButton]').click()
  t.match(await jane.locator('#mfaError').textContent(), 'Code mismatch')
  t.equal(await shown(), offered, 'nor does a wrong code change it')
  await codeOfApp.fill(totpAt(offered, clock.now()))
  await jane.locator('[name=mfaSubmitButton]').click()
  await isBack(jane)
  t.match(await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: pool, Username: 'jane' })), {
    UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
  })

  t.comment('the choice')
  await sdk.send(
    new cognito.AdminUpdateUserAttributesCommand({
      UserPoolId: pool,
      Username: 'jane',
      UserAttributes: [{ Name: 'email', Value: 'jane@reef.example' }],
    }),
  )
  await sdk.send(
    new cognito.AdminSetUserMFAPreferenceCommand({
      UserPoolId: pool,
      Username: 'jane',
      EmailMfaSettings: enabled,
    }),
  )
  const again = await begin('jane')
  await again.getByRole('button', { name: 'Send me a mail' }).click()
  await again.locator('#code').fill(await lastCode('jane'))
  await again.locator('[name=mfaSubmitButton]').click()
  await isBack(again)

  t.comment('who has no challenge begins anew')
  const query = 'client_id=web0id&response_type=code&redirect_uri=https://app.example/cb'
  const sent = await fetch(`${rockpool.baseUrl}/guarded/mfa?${query}`, { redirect: 'manual' })
  t.match(sent.headers.get('location'), /\/guarded\/login\?/)
  t.strictSame(complaints, [], 'no page complains of anything')
})

const apps = { MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } }
const texts = {
  SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' } },
}

/** The session that the form of a page carries. */
const challengeIn = (text: string): string => /name="challenge" value="([^"]*)"/.exec(text)?.[1] ?? ''

for (const version of [1, 2]) {
  t.test(`setting a factor up on the way in, version ${version}`, async t => {
    t.test('P29: an app alone has a page with a picture, the key on request, a code and a name', async t => {
      const bay = await aBay(t, { version, pool: apps })
      const marco = visitor(bay)
      t.match((await marco.signIn('marco')).location, '/bay/mfa?')
      const { text } = await marco.open('/mfa')
      t.match(text, /<p class="picture"><img src="data:image\/svg/)
      t.match(text, '<summary>Show secret key</summary>')
      t.match(text, 'name="device_name"')
      const secret = /data-secret="([A-Z2-7]+)"/.exec(text)?.[1]
      const form = { challenge: challengeIn(text), device_name: 'Marco’s telephone' }
      t.match((await marco.submit('/mfa', { ...form, code: '000000' })).text, 'Code mismatch')
      const code = totpAt(secret, bay.clock.now())
      t.match((await marco.submit('/mfa', { ...form, code })).location, /cb\?code=/)
      bay.clock.advance({ seconds: 3601 })
      t.match((await marco.signIn('marco')).location, '/bay/mfa?')
      t.match((await marco.open('/mfa')).text, 'Marco’s telephone', 'later the page names the device')
    })
    t.test('P30: of an app and text messages the user chooses first', async t => {
      const bay = await aBay(t, { version, pool: { ...apps, ...texts } })
      const marco = visitor(bay)
      await marco.signIn('marco')
      const { text } = await marco.open('/mfa')
      t.match(text, 'Choose a multi-factor authentication (MFA) method')
      t.match(
        text,
        /<label for="setUpSMS_MFA">SMS<[\s\S]*>Authenticator app<|>Authenticator app<[\s\S]*>SMS</,
      )
      t.notMatch(text, 'name="code"')
      const challenge = challengeIn(text)
      t.match((await marco.submit('/mfa', { challenge, setUp: 'SOFTWARE_TOKEN_MFA' })).text, 'data-secret=')
      const number = await marco.submit('/mfa', { challenge, setUp: 'SMS_MFA' })
      t.match(number.text, 'name="phone_number"')
      t.match((await marco.submit('/mfa', { challenge, phone_number: '+14155550100' })).location, '/bay/mfa?')
      const asked = await marco.open('/mfa')
      const form = { challenge: challengeIn(asked.text), code: await bay.lastCode('marco') }
      t.match((await marco.submit('/mfa', form)).location, /cb\?code=/)
    })
  })
}

t.test('P31: of two factors without a preference the user chooses at each sign-in', async t => {
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const bay = await aBay(t, {
    version: 2,
    pool: {
      ...apps,
      ...texts,
      Users: [
        {
          Username: 'marco',
          Password: password,
          SoftwareTokenSecret: secret,
          UserAttributes: { email: 'marco@bay.example', phone_number: '+14155550100' },
        },
      ],
    },
  })
  await bay.sdk.send(
    new cognito.AdminSetUserMFAPreferenceCommand({
      UserPoolId: bay.UserPoolId,
      Username: 'marco',
      SMSMfaSettings: enabled,
      SoftwareTokenMfaSettings: enabled,
    }),
  )
  const choose = async (factor: string) => {
    const marco = visitor(bay)
    await marco.signIn('marco')
    const { text } = await marco.open('/mfa')
    t.match(text, 'value="SMS_MFA"')
    t.match(text, 'value="SOFTWARE_TOKEN_MFA"')
    await marco.submit('/mfa', { challenge: challengeIn(text), factor })
    const asked = await marco.open('/mfa')
    return (code: string) => marco.submit('/mfa', { challenge: challengeIn(asked.text), code })
  }
  const text = await choose('SMS_MFA')
  t.match((await text(await bay.lastCode('marco'))).location, /cb\?code=/)
  const app = await choose('SOFTWARE_TOKEN_MFA')
  t.match((await app(totpAt(secret, bay.clock.now()))).location, /cb\?code=/)
})

t.test('P33: where a second factor is optional, who has none sees no page of it', async t => {
  for (const version of [1, 2]) {
    const bay = await aBay(t, { version, pool: { ...apps, MfaConfiguration: 'OPTIONAL' } })
    t.match((await visitor(bay).signIn('marco')).location, /cb\?code=/)
  }
})

t.test('a browser that the user has remembered is not asked for a second factor again', async t => {
  const secret = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'
  const prompting = { ChallengeRequiredOnNewDevice: true, DeviceOnlyRememberedOnUserPrompt: true }
  const person = (Username: string) => ({
    Username,
    Password: password,
    SoftwareTokenSecret: secret,
    UserAttributes: { email: `${Username}@bay.example` },
  })
  const Users = [person('marco'), person('ada')]
  for (const version of [1, 2]) {
    const bay = await aBay(t, { version, pool: { ...apps, DeviceConfiguration: prompting, Users } })
    const { browser, open, submit, signIn } = visitor(bay)
    const prove = async (more: Record<string, string> = {}) => {
      const { text } = await open('/mfa')
      t.match(text, 'Remember this device')
      const code = totpAt(secret, bay.clock.now())
      bay.clock.advance({ seconds: 30 })
      return submit('/mfa', { challenge: challengeIn(text), code, ...more })
    }
    const asks = async (username: string, at = signIn) => {
      bay.clock.advance({ seconds: 3601 })
      return /\/mfa\?/.test((await at(username)).location)
    }
    t.ok(await asks('marco'))
    t.match((await prove()).location, /cb\?code=/)
    t.ok(await asks('marco'), 'without the tick nothing is remembered')
    t.match((await prove({ remember: 'yes' })).location, /cb\?code=/)
    t.notOk(await asks('marco'), 'the browser is known')
    t.ok(await asks('ada'), 'to the user who had it remembered, and to no other')
    t.ok(await asks('marco', visitor(bay).signIn), 'and no other browser is')
    const kept = [...browser.cookies].find(([, { name }]) => name.startsWith('device.'))
    t.ok(kept)
    if (kept) browser.cookies.set(kept[0], { ...kept[1], value: `${kept[1].value}x` })
    t.ok(await asks('marco'), 'what it keeps has to be right')
    if (kept) browser.cookies.set(...kept)
    const { UserPoolId, sdk } = bay
    const Username = 'marco'
    const { Devices = [] } = await sdk.send(new cognito.AdminListDevicesCommand({ UserPoolId, Username }))
    t.equal(Devices.length, 1)
    const DeviceKey = Devices[0]?.DeviceKey ?? ''
    t.notOk(await asks('marco'))
    await sdk.send(new cognito.AdminForgetDeviceCommand({ UserPoolId, Username, DeviceKey }))
    t.ok(await asks('marco'), 'until it is forgotten')
  }
  for (const DeviceConfiguration of [undefined, { ...prompting, DeviceOnlyRememberedOnUserPrompt: false }]) {
    const bay = await aBay(t, {
      pool: { ...apps, ...(DeviceConfiguration && { DeviceConfiguration }), Users },
    })
    const { open, submit, signIn } = visitor(bay)
    await signIn('marco')
    const { text } = await open('/mfa')
    t.notMatch(text, 'Remember this device')
    const form = { challenge: challengeIn(text), code: totpAt(secret, bay.clock.now()), remember: 'yes' }
    await submit('/mfa', form)
    t.match((await signIn('marco')).location, '/mfa?', 'where the pool does not ask, nothing is remembered')
  }
})
