import type { Browser, CDPSession } from 'playwright-core'
import type { Test } from 'tap'

/** A page of a site, in a browser that has an authenticator. */
export async function aPageWithAuthenticator(
  t: Test,
  chromium: Browser,
  url: string,
  more: Record<string, unknown> = {},
) {
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const authenticatorId = await addAuthenticator(cdp, more)
  await page.goto(url)
  /** Makes a passkey as an app does; back comes what it sends to the API. */
  const create = (options: unknown): Promise<Credential> =>
    page.evaluate(`navigator.credentials
      .create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(${JSON.stringify(options)}) })
      .then(credential => credential.toJSON())`)
  /** Uses a passkey as an app does. */
  const get = (options: unknown): Promise<Credential> =>
    page.evaluate(`navigator.credentials
      .get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(${JSON.stringify(options)}) })
      .then(credential => credential.toJSON())`)
  return { page, cdp, authenticatorId, create, get }
}

/** A credential in JSON. */
export interface Credential {
  readonly id: string
  readonly response: Readonly<Record<string, string>>
  readonly [member: string]: unknown
}

/** Plugs in an authenticator; `more` are options of Chromium's. */
async function addAuthenticator(cdp: CDPSession, more: Record<string, unknown> = {}): Promise<string> {
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
      ...more,
    },
  })
  return authenticatorId
}
