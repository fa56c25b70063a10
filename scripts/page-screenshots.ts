/**
 * Takes a picture of each hosted page, in each face and look, wide and narrow, light and dark, into the folder `screenshots`
 * (not kept), and looks for what keeps people out with axe: `npm run screenshots:pages`. It fails if axe finds something serious.
 */
import { mkdir, readFile } from 'node:fs/promises'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Browser, Page } from 'playwright-core'
import { seedOf } from '../src/config/seed/read.js'
import { startRockpool } from '../src/emulator.js'
import { launchChromium } from '../test/support/chromium.js'
import { unaskedProvider } from '../test/support/unasked-provider.js'

const folder = 'screenshots'
const password = 'Anemone-4-Marco!'
const UserPoolId = 'us-east-1_Shots0001'
const ChoicePoolId = 'us-east-1_Shots0002'
const GuardedPoolId = 'us-east-1_Shots0003'
/** The pools, by the digit at the end of their clients' ids, with their domains. */
const pools = [
  { id: UserPoolId, digit: 1, domain: 'shots' },
  { id: ChoicePoolId, digit: 2, domain: 'choices' },
  { id: GuardedPoolId, digit: 3, domain: 'guarded' },
]
const callback = 'https://app.example/cb'
const looks = ['classic', 'customised', 'managed', 'harbour', 'midnight', 'ledger'] as const
type LookName = (typeof looks)[number]

const seed = {
  UserPools: [
    {
      PoolName: 'oidc-pool-1',
      Id: UserPoolId,
      Domain: 'shots',
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
      Schema: ['email', 'given_name', 'birthdate', 'phone_number'].map(Name => ({ Name, Required: true })),
      Clients: looks.map(name => ({
        ClientName: 'Tide Tables',
        ClientId: `${name}client1`,
        CallbackURLs: [callback],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid'],
        SupportedIdentityProviders: ['COGNITO', 'Corporate', 'Partners'],
      })),
      IdentityProviders: [unaskedProvider('Corporate'), unaskedProvider('Partners')],
      Users: [
        ...['marco', ...looks.map(look => `marco-${look}`)].map(Username => ({
          Username,
          Password: password,
          UserAttributes: {
            email: 'marco@bay.example',
            email_verified: 'true',
            given_name: 'Marco',
            birthdate: '1254-09-15',
            phone_number: '+390415550100',
          },
        })),
        {
          Username: 'jane',
          TemporaryPassword: 'Welcome-2-Rockpool!',
          UserAttributes: {
            email: 'jane@bay.example',
            given_name: 'Jane',
            birthdate: '1990-01-01',
            phone_number: '+14155550101',
          },
        },
      ],
    },
    {
      PoolName: 'oidc-pool-3',
      Id: GuardedPoolId,
      Domain: 'guarded',
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
      SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' } },
      Clients: looks.map(name => ({
        ClientName: 'Tide Tables',
        ClientId: `${name}client3`,
        CallbackURLs: [callback],
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid'],
        SupportedIdentityProviders: ['COGNITO'],
      })),
      Users: [{ Username: 'ada', Password: password, UserAttributes: { email: 'ada@bay.example' } }],
    },
    {
      PoolName: 'oidc-pool-2',
      Id: ChoicePoolId,
      Domain: 'choices',
      Schema: [{ Name: 'email', Required: true }],
      AutoVerifiedAttributes: ['email'],
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
      SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' } },
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN'] } },
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' },
      Clients: [
        ...looks.map(name => ({
          ClientName: 'Tide Tables',
          ClientId: `${name}client2`,
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO', 'Corporate'],
          ExplicitAuthFlows: ['ALLOW_USER_AUTH'],
        })),
        {
          ClientName: 'Tide Tables',
          ClientId: 'bareclient2',
          CallbackURLs: [callback],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      IdentityProviders: [unaskedProvider('Corporate', ['bay.example'])],
      Users: [
        {
          Username: 'ada',
          Password: password,
          UserAttributes: { email: 'ada@bay.example', email_verified: 'true' },
        },
        {
          Username: 'marco',
          Password: password,
          SoftwareTokenSecret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
          UserAttributes: { email: 'marco@bay.example', phone_number: '+390415550100' },
        },
      ],
    },
  ],
}

/** Waves, as the owner of an app might have them on a sign. */
const waves =
  '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40"><path d="M4 28c9-12 18-12 27 0s18 12 27 0 18-12 27 0 18 12 27 0" fill="none" stroke="#e8a33d" stroke-width="6" stroke-linecap="round"/></svg>'

const rockpool = await startRockpool({ port: 0, seeds: [seedOf(seed)] })
const sdk = new cognito.CognitoIdentityProviderClient({
  endpoint: rockpool.baseUrl,
  region: 'us-east-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
})
const axe = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
const serious: string[] = []
const only = process.argv[2]
await mkdir(folder, { recursive: true })
const chromium = await launchChromium()
await dress(await logoOf(chromium))
for (const look of looks.filter(look => only === undefined || look === only)) await takeAll(chromium, look)
await chromium.close()
await rockpool.close()
process.stdout.write(`${serious.length === 0 ? 'axe found nothing serious' : serious.join('\n')}\n`)
process.exitCode = serious.length === 0 ? 0 : 1

async function logoOf(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: 240, height: 80 } })
  await page.setContent(
    `<body style="margin:0">${waves.replace('width="120" height="40"', 'width="240" height="80"')}`,
  )
  const picture = await page.screenshot({ omitBackground: true })
  await page.close()
  return picture
}

/** Gives each client its look, and one of them terms. */
async function dress(ImageFile: Buffer): Promise<void> {
  const CSS = [
    '.banner-customizable { background-color: #102a43; padding: 25px 0px 25px 0px; }',
    '.submitButton-customizable { background-color: #b44d12; font-weight: bold; height: 44px; }',
    '.submitButton-customizable:hover { background-color: #8a3b0e; }',
  ].join('\n')
  for (const { id, digit } of pools)
    await sdk.send(
      new cognito.SetUICustomizationCommand({
        UserPoolId: id,
        ClientId: `customisedclient${digit}`,
        CSS,
        ImageFile,
      }),
    )
  const create = async (name: string, style: object) => {
    for (const { id, digit } of pools)
      await sdk.send(
        new cognito.CreateManagedLoginBrandingCommand({
          UserPoolId: id,
          ClientId: `${name}client${digit}`,
          ...style,
        }),
      )
  }
  for (const TermsName of ['terms-of-use', 'privacy-policy'])
    await sdk.send(
      new cognito.CreateTermsCommand({
        UserPoolId,
        ClientId: 'managedclient1',
        TermsName,
        TermsSource: 'LINK',
        Enforcement: 'NONE',
        Links: { 'cognito:default': `https://tides.example/${TermsName}` },
      }),
    )
  await create('managed', { UseCognitoProvidedValues: true })
  for (const name of ['harbour', 'midnight', 'ledger']) {
    const Settings = JSON.parse(await readFile(`fixtures/branding/${name}.json`, 'utf8'))
    const logo = (Category: string) => ({
      Category,
      ColorMode: 'DYNAMIC',
      Extension: 'SVG',
      Bytes: Buffer.from(waves),
    })
    await create(name, { Settings, Assets: [logo('FORM_LOGO'), logo('PAGE_HEADER_LOGO')] })
  }
}

async function takeAll(browser: Browser, look: LookName): Promise<void> {
  const ManagedLoginVersion = look === 'classic' || look === 'customised' ? 1 : 2
  for (const { id, domain: Domain } of pools)
    await sdk.send(new cognito.UpdateUserPoolDomainCommand({ UserPoolId: id, Domain, ManagedLoginVersion }))
  for (const [size, viewport] of Object.entries({
    wide: { width: 1280, height: 860 },
    narrow: { width: 390, height: 844 },
  }))
    for (const colorScheme of ['light', 'dark'] as const) {
      const context = await browser.newContext({ viewport, colorScheme, bypassCSP: true })
      const page = await context.newPage()
      const take = async (name: string) => {
        const file = `${name}-${look}-${size}-${colorScheme}`
        await shoot(page, `${folder}/${file}.png`)
        await judge(page, file)
      }
      await walk(page, look, `${look}${size}${colorScheme}`, take)
      await guard(page, look, take)
      await choose(page, look, `${look}${size}${colorScheme}`, take)
      await context.close()
    }
}

/** Goes through the pages as users do. */
async function walk(
  page: Page,
  look: string,
  name: string,
  take: (name: string) => Promise<void>,
): Promise<void> {
  const query = `client_id=${look}client1&response_type=code&redirect_uri=${callback}`
  const to = (path: string) => page.goto(`${rockpool.baseUrl}/shots${path}?${query}`)
  const submit = (form: string) => page.locator(`form[name=${form}] [type=submit]`).first().click()
  await to('/login')
  await take('sign-in')
  await page.locator('#signInFormUsername').fill('marco')
  await page.locator('#signInFormPassword').fill('wrong')
  await submit('cognitoSignInForm')
  await take('sign-in-refused')
  await to('/signup')
  await page.locator('[name=username]').fill(name)
  await page.locator('[name="requiredAttributes[email]"]').fill('lee@bay.example')
  await page.locator('[name="requiredAttributes[given_name]"]').fill('Lee')
  await page.locator('[name="requiredAttributes[birthdate]"]').fill('1990-01-01')
  await page.locator('[name="requiredAttributes[phone_number]"]').fill('+14155550100')
  await page.locator('[name=password]').fill('barnacle7')
  await take('sign-up')
  await page.locator('[name=password]').fill(password)
  await submit('signupform')
  await page.waitForURL(/confirm/)
  await take('confirm')
  await to('/forgotPassword')
  await take('forgot-password')
  await page.locator('[name=username]').fill(`marco-${look}`)
  await submit('forgotPasswordForm')
  await page.waitForURL(/confirmForgotPassword/)
  await take('reset-password')
  await to('/login')
  await page.locator('#signInFormUsername').fill('jane')
  await page.locator('#signInFormPassword').fill('Welcome-2-Rockpool!')
  await submit('cognitoSignInForm')
  await page.waitForURL(/changePassword/)
  await take('new-password')
  await to('/login')
  await page.locator('#signInFormUsername').fill('marco')
  await page.locator('#signInFormPassword').fill(password)
  await submit('cognitoSignInForm')
  await page.waitForURL(/mfa/)
  await page.locator('.picture img').waitFor()
  await take('mfa-set-up')
  await to('/error')
  await take('error')
}

/** The choice of a factor to set up. */
async function guard(page: Page, look: string, take: (name: string) => Promise<void>): Promise<void> {
  await page.goto(
    `${rockpool.baseUrl}/guarded/login?client_id=${look}client3&response_type=code&redirect_uri=${callback}`,
  )
  await page.locator('#signInFormUsername').fill('ada')
  await page.locator('#signInFormPassword').fill(password)
  await page.locator('form[name=cognitoSignInForm] [type=submit]').first().click()
  await page.waitForURL(/mfa/)
  await take('mfa-set-up-choice')
}

/** Goes through the pages of a pool that lets users choose: factors, passkeys, a box for addresses, a link in a mail. */
async function choose(
  page: Page,
  look: string,
  name: string,
  take: (name: string) => Promise<void>,
): Promise<void> {
  const isManaged = look !== 'classic' && look !== 'customised'
  const to = (path: string, client = look, more = '') =>
    page.goto(
      `${rockpool.baseUrl}/choices${path}?client_id=${client}client2&response_type=code&redirect_uri=${callback}${more}`,
    )
  const signIn = async (username: string, button: string) => {
    await to('/login', look, '&prompt=login')
    await page.locator('#signInFormUsername').fill(username)
    if (!isManaged) await page.locator('#signInFormPassword').fill(password)
    await page.getByRole('button', { name: isManaged ? button : 'Sign in', exact: true }).click()
  }
  await to('/login')
  await take('sign-in-choice')
  await page.locator('#idpIdentifier').fill('nobody@elsewhere.example')
  await page.locator('form[name=identifierForm] [type=submit]').click()
  await take('identifier-refused')
  await signIn('marco', 'Next')
  if (isManaged) {
    await page.waitForURL(/verifyPassword|selectFactor/)
    await take('password')
    await to('/verifyPassword')
    await page.locator('[name=password]').fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }
  await page.waitForURL(/mfa/)
  await take('mfa-app')
  if (isManaged) {
    await signIn('ada', 'Next')
    await page.waitForURL(/selectFactor/)
    await take('factors')
    await page.getByRole('button', { name: 'Send me a mail' }).click()
    await page.waitForURL(/mfa/)
    await take('mfa-mail')
    await signIn('ada', 'Sign in with a passkey')
    await take('passkey')
    await to('/login', 'bare')
    await take('unavailable')
    await to('/login', look, '&lang=ja')
    await take('sign-in-japanese')
    await to('/login', look, '&lang=en')
  } else {
    await signIn('ada', 'Sign in')
    // The app is nowhere.
    await page.waitForURL('chrome-error://chromewebdata/')
    await to('/login')
    await take('session')
  }
  await to('/signup')
  await page.locator('[name=username]').fill(name)
  await page.locator('[name="requiredAttributes[email]"]').fill('lee@bay.example')
  await page.locator('[name=password]').fill(password)
  await page.locator('form[name=signupform] [type=submit]').first().click()
  await page.waitForURL(/confirm/)
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${name}`)
  const { messages } = (await answer.json()) as { messages: { body: string }[] }
  const link = /href="([^"]+)"/.exec(messages.at(-1)?.body ?? '')?.[1] ?? ''
  await page.goto(link.replaceAll('&amp;', '&'))
  await take('confirmed')
}

/** On a busy machine Chromium cannot always take a picture at once. */
async function shoot(page: Page, path: string, attempts = 5): Promise<void> {
  try {
    await page.screenshot({ path, animations: 'disabled', fullPage: true })
  } catch (error) {
    if (attempts === 0) throw error
    await page.waitForTimeout(300)
    await shoot(page, path, attempts - 1)
  }
}

/** Looks for what axe calls serious or worse. */
async function judge(page: Page, file: string): Promise<void> {
  await page.evaluate(axe)
  const found = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map(({ html, any }) => html.slice(0, 120) + ' ' + (any[0]?.message ?? '')).join(' | ')))",
  )) as string[]
  for (const finding of found) serious.push(`${file}: ${finding}`)
}
