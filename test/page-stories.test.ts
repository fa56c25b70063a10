import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { barriers } from './support/barriers.js'
import { launchChromium } from './support/chromium.js'
import { totpAt } from './support/guarded-pool.js'
import { aBay, type Bay, callback, messages, password } from './support/hosted.js'

/** What users do at the pages, at both faces, with and without scripts, and what axe says of every page on the way. */

const chromium = await launchChromium()
t.teardown(() => chromium.close())

const versions = [1, 2] as const

interface Story {
  readonly page: Page
  readonly bay: Bay
  /** Looks at the page with axe, where scripts run. */
  readonly look: (where: string) => Promise<void>
  readonly goTo: (path: string) => Promise<unknown>
  readonly fill: (fields: Record<string, string>) => Promise<void>
  readonly press: (button: string) => Promise<void>
  /** Presses the button, which leads to the app. The app is nowhere: what counts is that the browser asks for it. */
  readonly pressToApp: (button: string) => Promise<void>
}

/** A browser of its own at the pages of a pool. */
async function aStory(t: Test, bay: Bay, javaScriptEnabled: boolean): Promise<Story> {
  const context = await chromium.newContext({ javaScriptEnabled })
  t.teardown(() => context.close())
  const page = await context.newPage()
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  return {
    page,
    bay,
    press,
    async look(where) {
      if (javaScriptEnabled) t.strictSame(await barriers(page), [], `axe finds nothing serious: ${where}`)
    },
    goTo: path => page.goto(`${bay.domain}${path}?${bay.query()}`),
    async fill(fields) {
      for (const [name, value] of Object.entries(fields))
        await page.locator(`[name="${name}"]:not([type=hidden])`).fill(value)
    },
    async pressToApp(button) {
      const called = page.waitForRequest(request => request.url().startsWith(`${callback}?code=`))
      await press(button)
      await called
      await page.waitForURL('chrome-error://chromewebdata/')
    },
  }
}

/** A style that follows the browser's colours. */
const dynamic = { Settings: { categories: { global: { colorSchemeMode: 'DYNAMIC' } } } }

async function aPlace(t: Test, version: 1 | 2, pool: object): Promise<Bay> {
  const bay = await aBay(t, { version: 1, pool })
  if (version === 2) {
    await bay.useVersion(2)
    for (const name of ['web', 'choice']) await bay.style(`${name}client1`, dynamic)
  }
  return bay
}

const required = ['email', 'given_name', 'birthdate', 'phone_number']
const asking = {
  Schema: [
    ...required.map(Name => ({ Name, Required: true })),
    { Name: 'team', AttributeDataType: 'String', Mutable: true },
  ],
  Users: [
    {
      Username: 'marco',
      Password: password,
      UserAttributes: {
        email: 'marco@bay.example',
        email_verified: 'true',
        given_name: 'Marco',
        birthdate: '1254-09-15',
        phone_number: '+390415550100',
      },
    },
  ],
}

async function signUp({ page, bay, look, goTo, fill, press, pressToApp }: Story, t: Test): Promise<void> {
  await goTo('/login')
  await look('/login')
  await page.getByRole('link', { name: 'Sign up' }).click()
  await look('/signup')
  const typed = {
    username: 'lee',
    'requiredAttributes[email]': 'lee@bay.example',
    'requiredAttributes[given_name]': 'Lee',
    'requiredAttributes[birthdate]': '1990-02-28',
    'requiredAttributes[phone_number]': '+14155550100',
  }
  await fill({ ...typed, password: 'Barnacle-9' })
  // Whatever is refused, nothing typed is lost.
  await page.locator('[name=username]').fill('marco')
  await press('Sign up')
  await page.getByText('User already exists').waitFor()
  await look('/signup, refused')
  t.equal(await page.locator('[name="requiredAttributes[given_name]"]').inputValue(), 'Lee')
  await fill({ username: 'lee', password })
  await press('Sign up')
  await page.waitForURL(/confirm/)
  await look('/confirm')
  await fill({ code: '000000' })
  await press('Confirm account')
  await page.getByText('Invalid verification code provided').waitFor()
  await look('/confirm, refused')
  await fill({ code: await bay.lastCode('lee') })
  await pressToApp('Confirm account')
  const { UserStatus, UserAttributes = [] } = await bay.user('lee')
  t.equal(UserStatus, 'CONFIRMED')
  t.match(Object.fromEntries(UserAttributes.map(({ Name, Value }) => [Name, Value])), {
    email: 'lee@bay.example',
    email_verified: 'true',
    given_name: 'Lee',
    birthdate: '1990-02-28',
    phone_number: '+14155550100',
  })
}

async function recover({ page, bay, look, goTo, fill, press, pressToApp }: Story): Promise<void> {
  await page.context().clearCookies()
  await goTo('/login')
  await page.getByRole('link', { name: 'Forgot your password?' }).click()
  await look('/forgotPassword')
  await fill({ username: 'marco' })
  await press('Reset my password')
  await page.waitForURL(/confirmForgotPassword/)
  await look('/confirmForgotPassword')
  const another = 'Barnacle-9-Marco!'
  await fill({ code: '000000', new_password: another, confirm_password: another })
  await press('Change password')
  await page.getByText('Invalid verification code provided').waitFor()
  await look('/confirmForgotPassword, refused')
  await fill({
    code: await bay.lastCode('marco'),
    new_password: another,
    confirm_password: another,
  })
  await press('Change password')
  await page.getByText('Your password is changed').waitFor()
  await look('/login, after another password')
  await fill({ username: 'marco', password: 'wrong' })
  await press('Sign in')
  await page.getByText('Incorrect username or password.').waitFor()
  await look('/login, refused')
  await fill({ username: 'marco', password: another })
  await pressToApp('Sign in')
}

/** Signs up by the link of the mail, opened in another browser, and sets an app up on the way in. */
async function byLink({ page, bay, look, goTo, fill, press, pressToApp }: Story, t: Test): Promise<void> {
  await goTo('/signup')
  await fill({ username: 'kim', 'requiredAttributes[email]': 'kim@bay.example', password })
  await press('Sign up')
  await page.waitForURL(/confirm/)
  const [letter] = await messages(bay.rockpool.baseUrl, 'kim')
  const link = /href="([^"]+)"/.exec(letter?.body ?? '')?.[1]?.replaceAll('&amp;', '&') ?? ''
  const elsewhere = await chromium.newPage()
  await elsewhere.goto(link)
  t.match(await elsewhere.textContent('main'), 'Your account is confirmed')
  t.strictSame(await barriers(elsewhere), [], 'axe finds nothing serious: /confirmUser')
  await elsewhere.close()
  await goTo('/login')
  await fill({ username: 'kim', password })
  await press('Sign in')
  await page.waitForURL(/mfa/)
  await look('/mfa, setting an app up')
  const secret = await page.locator('#softwareTokenSecret').getAttribute('data-secret')
  await fill({ code: '000000' })
  await press('Continue')
  await page.getByText('Code mismatch').waitFor()
  await look('/mfa, refused')
  await fill({ code: totpAt(secret ?? '', bay.clock.now()), device_name: 'Telephone' })
  await pressToApp('Continue')
  bay.clock.advance({ seconds: 3601 })
  await goTo('/login')
  await fill({ username: 'kim', password })
  await press('Sign in')
  await page.waitForURL(/mfa/)
  await page.getByText('Telephone').waitFor()
  await look('/mfa, the code of an app')
  await fill({ code: totpAt(secret ?? '', bay.clock.now()) })
  await pressToApp('Continue')
}

for (const version of versions)
  for (const scripts of [true, false]) {
    const which = `version ${version}, scripts ${scripts ? 'on' : 'off'}`
    t.test(`a sign-up with required attributes, and a forgotten password: ${which}`, async t => {
      const story = await aStory(t, await aPlace(t, version, asking), scripts)
      await signUp(story, t)
      await recover(story)
    })
    t.test(`a sign-up by link, and a factor that is set up on the way in: ${which}`, async t => {
      const pool = {
        MfaConfiguration: 'ON',
        SoftwareTokenMfaConfiguration: { Enabled: true },
        VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' },
      }
      const story = await aStory(t, await aPlace(t, version, pool), scripts)
      await byLink(story, t)
    })
  }

t.test('the pages of factors, and those that refuse', async t => {
  const pool = {
    Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] } },
  }
  for (const scripts of [true, false]) {
    const bay = await aPlace(t, 2, pool)
    const { page, look, fill, press } = await aStory(t, bay, scripts)
    const open = (path: string, more = {}) =>
      page.goto(`${bay.domain}${path}?${bay.query({ client_id: 'choiceclient1', ...more })}`)
    await open('/login')
    await look('/login, by user name')
    await fill({ username: 'marco' })
    await press('Next')
    await page.waitForURL(/selectFactor/)
    await look('/selectFactor')
    await press('Send me a mail')
    await page.waitForURL(/mfa/)
    await look('/mfa, a code by mail')
    await open('/selectFactor')
    await press('Use my password')
    await page.waitForURL(/verifyPassword/)
    await look('/verifyPassword')
    await open('/login')
    await fill({ username: 'marco' })
    await press('Sign in with a passkey')
    if (!scripts) {
      await page.waitForURL(/passkeys.use/)
      // What stands in `noscript` is not shown where only the debugger has switched scripts off.
      t.match(await page.content(), 'Passkeys need JavaScript, which is off in this browser.')
      await page.getByRole('link', { name: 'Sign in another way' }).click()
      await page.waitForURL(/login/)
    }
    await open('/error')
    await look('/error')
    await open('/login', { client_id: 'otherclient1' })
    t.match(await page.textContent('main'), 'Login pages unavailable')
    await look('Login pages unavailable')
    await open('/login', { lang: 'ja' })
    await look('/login, in Japanese')
    if (scripts)
      t.match(
        await page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily"),
        'Hiragino Sans',
        'a language has its own fonts of the system',
      )
  }
})

t.test('the pages of a temporary password, and of a session', async t => {
  for (const version of versions) {
    const { page, look, goTo, fill, press, pressToApp } = await aStory(t, await aPlace(t, version, {}), true)
    await goTo('/login')
    await fill({ username: 'jane', password: 'Welcome-2-Rockpool!' })
    await press('Sign in')
    await page.waitForURL(/changePassword/)
    await look('/changePassword')
    await fill({ new_password: password, confirm_password: password })
    await pressToApp('Set password and sign in')
    if (version === 2) continue
    await goTo('/login')
    await page.getByRole('button', { name: 'Sign in as jane' }).waitFor()
    await look('/login, with a session')
    await pressToApp('Sign in as jane')
  }
})
