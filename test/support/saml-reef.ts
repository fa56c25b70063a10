import { DescribeIdentityProviderCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import { inflated } from '../../src/saml/redirect.js'
import { anSdk } from './api.js'
import { aBrowser, type Browser } from './browser.js'
import { claimsOf } from './oauth-client.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm } from './rockpool.js'

/** A pool that federates to the built-in SAML identity provider, and a browser's way through both. */

export const appCallback = 'https://app.example/cb'
export const poolId = 'us-east-1_SamlReef1'

export interface SamlReef {
  /** More of the provider's details. */
  readonly details?: Record<string, string>
  readonly mapping?: Record<string, string>
  readonly identifiers?: readonly string[]
  readonly pool?: object
  readonly client?: object
  readonly provider?: object
  /** What the identity provider is, besides its name and kind. */
  readonly upstream?: object
  readonly providers?: readonly object[]
}

const samlSeed = ({
  details = {},
  mapping = { email: 'email' },
  identifiers = [],
  pool = {},
  client = {},
  provider = {},
  upstream = {},
  providers = [],
}: SamlReef = {}) => ({
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      Domain: 'reef',
      IdentityProviders: [
        {
          ProviderName: 'Corp',
          ProviderType: 'SAML',
          ProviderDetails: {
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
            MetadataURL: '${upstreams.corp.metadata}',
            ...details,
          },
          AttributeMapping: mapping,
          IdpIdentifiers: identifiers,
          ...provider,
        },
        ...providers,
      ],
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'appatreef',
          CallbackURLs: [appCallback],
          LogoutURLs: ['https://app.example/bye'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid', 'email', 'profile'],
          SupportedIdentityProviders: ['COGNITO', 'Corp'],
          ...client,
        },
      ],
      ...pool,
    },
  ],
  UpstreamProviders: [{ Name: 'corp', Kind: 'saml', ...upstream }],
})

export type Options = Omit<NonNullable<Parameters<typeof aRockpool>[1]>, 'seed'>

export async function aSamlReef(t: Test, reef: SamlReef = {}, options: Options = {}) {
  const rockpool = await aRockpool(t, { ...options, seed: samlSeed(reef) })
  const { pool, client } = poolAndClient(rockpool, 'reef', 'app')
  // It may still be starting, for longer than a sign-in waits where the machine is slow.
  await fetch(`${rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`)
  const sdk = anSdk(t, rockpool)
  const encryptionCertificate = async () => {
    const describe = new DescribeIdentityProviderCommand({ UserPoolId: poolId, ProviderName: 'Corp' })
    const { IdentityProvider } = await sdk.send(describe)
    return IdentityProvider?.ProviderDetails?.ActiveEncryptionCertificate ?? ''
  }
  return { rockpool, pool, client, sdk, encryptionCertificate, acs: `${pool.domainUrl}/saml2/idpresponse` }
}

export type Reef = Awaited<ReturnType<typeof aSamlReef>>

/** A browser that is at the identity provider. */
export interface AtIdp {
  readonly url: URL
  readonly samlRequest: string
  readonly relayState: string
}

/** Begins a sign-in of the app, up to the identity provider. */
export async function leave(
  { pool, client }: Reef,
  browser: Browser,
  more: Record<string, string> = { identity_provider: 'Corp' },
): Promise<AtIdp> {
  const query = authorizeQuery(client, { state: 'of-the-app', ...more })
  const answer = await browser.get(`${pool.domainUrl}/oauth2/authorize?${query}`)
  const url = new URL(answer.headers.get('location') ?? `${pool.domainUrl}/none?${await answer.text()}`)
  return {
    url,
    samlRequest: url.searchParams.get('SAMLRequest') ?? '',
    relayState: url.searchParams.get('RelayState') ?? '',
  }
}

/** What the identity provider has the browser post. */
export interface Posted {
  readonly to: string
  readonly fields: Record<string, string>
}

export interface Choice {
  readonly username?: string
  readonly claims?: object
  readonly quirks?: readonly string[]
  readonly cancel?: string
}

/** Picks a user at the identity provider. */
export async function pick(at: AtIdp, choice: Choice = {}): Promise<Posted> {
  const form = new URLSearchParams({
    SAMLRequest: at.samlRequest,
    RelayState: at.relayState,
    username: choice.username ?? 'ann',
  })
  if (choice.claims !== undefined) form.set('claims', JSON.stringify(choice.claims))
  if (choice.cancel !== undefined) form.set('cancel', choice.cancel)
  for (const quirk of choice.quirks ?? []) form.append('quirk', quirk)
  const answer = await fetch(new URL(at.url.pathname, at.url), { method: 'POST', body: form })
  return postedBy(await answer.text())
}

/** The form of a page that posts itself. */
export function postedBy(page: string): Posted {
  const plain = (text: string) =>
    text.replace(
      /&(amp|quot|#39|lt|gt);/g,
      (_all, name) => ({ amp: '&', quot: '"', '#39': "'", lt: '<', gt: '>' })[name as 'amp'],
    )
  const to = plain(/<form name="answerForm"[^>]*action="([^"]*)"/.exec(page)?.[1] ?? `no form: ${page}`)
  const fields = [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
    ([, name = '', value = '']) => [name, plain(value)],
  )
  return { to, fields: Object.fromEntries(fields) }
}

/** How a sign-in ended: at the app's callback, or on a page. */
export interface Ending {
  readonly status: number
  /** The parameters at the callback; undefined on a page. */
  readonly outcome: Record<string, string> | undefined
  readonly location: string | null
  readonly text: string
}

/** Posts an answer to the pool, as a browser does that brings its cookies. */
export async function deliver(browser: Browser, { to, fields }: Posted): Promise<Ending> {
  const answer = await browser.post(to, fields)
  const location = answer.headers.get('location')
  return {
    status: answer.status,
    location,
    outcome: location?.startsWith(appCallback)
      ? Object.fromEntries(new URL(location).searchParams)
      : undefined,
    text: await answer.text(),
  }
}

/** A whole sign-in. */
export async function signIn(
  reef: Reef,
  choice: Choice = {},
  browser: Browser = aBrowser(),
): Promise<Ending> {
  return deliver(browser, await pick(await leave(reef, browser), choice))
}

/** The claims of the ID token that a code brings. */
export async function idToken({ pool, client }: Reef, { outcome }: Ending): Promise<Record<string, unknown>> {
  const answer = await postForm(`${pool.domainUrl}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: client.id,
    code: outcome?.code ?? '',
    redirect_uri: appCallback,
  })
  return claimsOf(((await answer.json()) as { id_token: string }).id_token)
}

/** The users of the pool, as ListUsers tells them. */
export async function usersOf({ sdk }: Reef) {
  const { Users = [] } = await sdk.send(new ListUsersCommand({ UserPoolId: poolId }))
  return Users.map(({ Username, UserStatus, Attributes = [] }) => ({
    username: Username ?? '',
    status: UserStatus,
    attributes: Object.fromEntries(Attributes.map(({ Name, Value }) => [Name, Value])) as Record<
      string,
      string | undefined
    >,
  }))
}

export const prefix = 'Invalid SAML response received: '

/** What the request of a sign-in says of itself. */
export function samlIds({ samlRequest }: AtIdp): { readonly id: string } {
  const xml = inflated(samlRequest) ?? ''
  return { id: / ID="([^"]+)"/.exec(xml)?.[1] ?? `no request: ${xml}` }
}
