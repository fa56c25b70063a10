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
import { pngOf } from '../test/support/pictures.js'

const folder = 'screenshots'
const password = 'Anemone-4-Marco!'
const UserPoolId = 'us-east-1_Shots0001'
const callback = 'https://app.example/cb'
const looks = ['classic', 'customised', 'managed', 'harbour', 'midnight', 'ledger'] as const
type LookName = (typeof looks)[number]

const provider = (ProviderName: string) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: 'x',
    client_secret: 's',
    authorize_scopes: 'openid',
    attributes_request_method: 'GET',
    oidc_issuer: 'https://up.example',
    authorize_url: 'https://up.example/authorize',
    token_url: 'https://up.example/token',
    attributes_url: 'https://up.example/me',
    jwks_uri: 'https://up.example/keys',
  },
})

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
      IdentityProviders: [provider('Corporate'), provider('Partners')],
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
  ],
}

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
await dress()
const chromium = await launchChromium()
for (const look of looks.filter(look => only === undefined || look === only)) await takeAll(chromium, look)
await chromium.close()
await rockpool.close()
process.stdout.write(`${serious.length === 0 ? 'axe found nothing serious' : serious.join('\n')}\n`)
process.exitCode = serious.length === 0 ? 0 : 1

/** Gives each client its look. */
async function dress(): Promise<void> {
  const CSS = [
    '.banner-customizable { background-color: #102a43; padding: 25px 0px 25px 0px; }',
    '.submitButton-customizable { background-color: #b44d12; font-weight: bold; height: 44px; }',
    '.submitButton-customizable:hover { background-color: #8a3b0e; }',
  ].join('\n')
  await sdk.send(
    new cognito.SetUICustomizationCommand({
      UserPoolId,
      ClientId: 'customisedclient1',
      CSS,
      ImageFile: pngOf(240, 60, [240, 180, 41]),
    }),
  )
  const create = (name: string, style: object) =>
    sdk.send(
      new cognito.CreateManagedLoginBrandingCommand({ UserPoolId, ClientId: `${name}client1`, ...style }),
    )
  await create('managed', { UseCognitoProvidedValues: true })
  for (const name of ['harbour', 'midnight', 'ledger']) {
    const Settings = JSON.parse(await readFile(`fixtures/branding/${name}.json`, 'utf8'))
    const logo = (Category: string) => ({
      Category,
      ColorMode: 'DYNAMIC',
      Extension: 'SVG',
      Bytes: Buffer.from(
        '<svg xmlns="http://www.w3.org/2000/svg" width="120" height="40" viewBox="0 0 120 40"><path d="M4 28c9-12 18-12 27 0s18 12 27 0 18-12 27 0 18 12 27 0" fill="none" stroke="#e8a33d" stroke-width="6" stroke-linecap="round"/></svg>',
      ),
    })
    await create(name, { Settings, Assets: [logo('FORM_LOGO'), logo('PAGE_HEADER_LOGO')] })
  }
}

async function takeAll(browser: Browser, look: LookName): Promise<void> {
  const ManagedLoginVersion = look === 'classic' || look === 'customised' ? 1 : 2
  await sdk.send(
    new cognito.UpdateUserPoolDomainCommand({ UserPoolId, Domain: 'shots', ManagedLoginVersion }),
  )
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

/** On a busy machine Chromium cannot always take a picture at once. */
async function shoot(page: Page, path: string, attempts = 5): Promise<void> {
  try {
    await page.screenshot({ path, animations: 'disabled' })
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
