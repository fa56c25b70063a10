import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import { anSdk } from './api.js'
import { aBrowser, type Browser } from './browser.js'
import { aClock, aRockpool } from './rockpool.js'
import { unaskedProvider } from './unasked-provider.js'

/** A pool whose pages are looked at, and how a browser without scripts goes through them. */

export const callback = 'https://app.example/cb'
export const password = 'Anemone-4-Marco!'
export const temporary = 'Welcome-2-Rockpool!'

const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}client1`,
  CallbackURLs: [callback],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['code', 'implicit'],
  AllowedOAuthScopes: ['openid', 'email'],
  SupportedIdentityProviders: ['COGNITO'],
  ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'],
  ...more,
})

const person = (Username: string, more: object = {}) => ({
  Username,
  Password: password,
  UserAttributes: { email: `${Username}@bay.example`, email_verified: 'true' },
  ...more,
})

/**
 * @param pool what is different about the pool
 * @param options what is different about Rockpool, such as its triggers
 * @param version 2 gives it managed login, with the service's own look for each client
 */
export async function aBay(
  t: Test,
  {
    version,
    pool = {},
    options = {},
  }: { version?: number; pool?: object; options?: Parameters<typeof aRockpool>[1] } = {},
) {
  const clock = aClock()
  const UserPoolId = 'us-east-1_Bay000001'
  const rockpool = await aRockpool(t, {
    ...options,
    clock,
    seed: {
      UserPools: [
        {
          PoolName: 'bay',
          Id: UserPoolId,
          Domain: 'bay',
          AutoVerifiedAttributes: ['email'],
          Schema: [
            { Name: 'email', Required: true, Mutable: true },
            { Name: 'team', AttributeDataType: 'String' },
          ],
          Clients: [
            client('web'),
            client('choice', { ExplicitAuthFlows: ['ALLOW_USER_AUTH', 'ALLOW_USER_SRP_AUTH'] }),
            client('other'),
            client('upstream', { SupportedIdentityProviders: ['Upper', 'Lower'] }),
          ],
          IdentityProviders: [unaskedProvider('Upper'), unaskedProvider('Lower')],
          Users: [
            person('marco'),
            person('ada'),
            { Username: 'jane', TemporaryPassword: temporary, UserAttributes: { email: 'jane@bay.example' } },
          ],
          ...pool,
        },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const domain = `${rockpool.baseUrl}/bay`
  const useVersion = (ManagedLoginVersion: number) =>
    sdk.send(new cognito.UpdateUserPoolDomainCommand({ UserPoolId, Domain: 'bay', ManagedLoginVersion }))
  const style = async (ClientId: string, look: object = { UseCognitoProvidedValues: true }) =>
    (await sdk.send(new cognito.CreateManagedLoginBrandingCommand({ UserPoolId, ClientId, ...look })))
      .ManagedLoginBranding
  if (version !== undefined) await useVersion(version)
  if (version === 2) for (const name of ['web', 'choice', 'upstream']) await style(`${name}client1`)
  const query = (more: Record<string, string> = {}) =>
    new URLSearchParams({
      client_id: 'webclient1',
      response_type: 'code',
      redirect_uri: callback,
      state: 's1',
      ...more,
    }).toString()
  const user = async (Username: string) => sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))
  const lastCode = async (username: string) =>
    (await messages(rockpool.baseUrl, username)).at(-1)?.secret ?? ''
  return { rockpool, clock, sdk, UserPoolId, domain, query, useVersion, style, user, lastCode }
}

export type Bay = Awaited<ReturnType<typeof aBay>>

/** What a user was sent, the newest last. */
export async function messages(
  base: string,
  username: string,
): Promise<{ secret: string; body: string; subject?: string; purpose: string }[]> {
  const answer = await fetch(`${base}/_rockpool/messages?${new URLSearchParams({ username })}`, {
    headers: { accept: 'application/json' },
  })
  const { messages: list } = (await answer.json()) as { messages: never[] }
  return list
}

/** A page that was shown, or an address that the browser was sent to. */
interface Seen {
  readonly status: number
  readonly text: string
  readonly location: string
  readonly headers: Headers
}

async function seen(answer: Promise<Response> | Response): Promise<Seen> {
  const response = await answer
  const { status, headers } = response
  return { status, headers, text: await response.text(), location: headers.get('location') ?? '' }
}

/** The value of a hidden field. */
const hidden = (text: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''

/** Opens a page and posts its form, as a browser does that shows nothing. */
export function visitor(bay: Bay, more: Record<string, string> = {}, browser: Browser = aBrowser()) {
  const address = (path: string) => `${bay.domain}${path}?${bay.query(more)}`
  let csrf = ''
  const note = (page: Seen): Seen => {
    csrf = hidden(page.text, '_csrf') || hidden(page.text, 'csrf') || csrf
    return page
  }
  const open = async (path: string) => note(await seen(browser.get(address(path))))
  const submit = async (path: string, form: Record<string, string>) =>
    note(await seen(browser.post(address(path), { _csrf: csrf, ...form })))
  const signIn = async (username: string, secret = password) => {
    await open('/login')
    return submit('/login', { username, password: secret })
  }
  const signUp = async (username: string, form: Record<string, string> = {}) => {
    await open('/signup')
    return submit('/signup', {
      username,
      password,
      'requiredAttributes[email]': `${username}@bay.example`,
      ...form,
    })
  }
  return { browser, address, open, submit, signIn, signUp }
}
