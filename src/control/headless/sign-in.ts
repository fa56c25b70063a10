import { createHash } from 'node:crypto'
import { domainUrl } from '../../core/addresses.js'
import { type AppClient, allowsFlow } from '../../core/app-client.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../../flows/service.js'
import type { Fetch } from '../../http/own-origin-fetch.js'
import { withQuery } from '../../lib/url.js'
import type { Tokens } from '../minting.js'
import { Unmet } from '../unmet.js'
import {
  type Arrival,
  type Browser,
  type Form,
  formsOf,
  headlessBrowser,
  type Page,
  refusalOn,
} from './browser.js'
import { secondFactor } from './second-factor.js'
import { SignInError } from './sign-in-error.js'
import { type TokenAnswer, verified } from './verify.js'

/** Who signs in, and how. */
export interface SignInRequest {
  /** At a built-in identity provider its newest user, if absent. */
  readonly username?: string | undefined
  /** A built-in identity provider asks for none. */
  readonly password?: string | undefined
  /** The identity provider to go through; the pool's own users sign in without one. */
  readonly provider?: string | undefined
  /** What to choose where a temporary password has to be replaced. */
  readonly newPassword?: string | undefined
  /** What to fill in where a page asks for attributes that are missing. */
  readonly attributes?: Readonly<Record<string, string>> | undefined
  /** Those that the client allows, unless said otherwise. */
  readonly scopes?: readonly string[] | undefined
}

/**
 * Signs a user in as an app and a browser do together: authorize, the hosted pages with their cookies and forms, the
 * provider and its pages, the callback, and the exchange of the code with PKCE. Every step is an HTTP request to the
 * server that the browser or the app would ask. The tokens are verified against the published keys.
 */
export async function signInHeadless(
  service: Service,
  fetch: Fetch,
  { pool, client }: { readonly pool: UserPool; readonly client: AppClient },
  request: SignInRequest,
): Promise<Tokens> {
  const domain = domainUrl(service, pool)
  const redirectUri = client.settings.CallbackURLs?.[0]
  if (domain === undefined || redirectUri === undefined || !allowsFlow(client, 'code'))
    throw new Unmet(
      `Nobody can sign in to ${client.name} of ${pool.name} by pages: that takes a Domain of the pool, and CallbackURLs, AllowedOAuthFlowsUserPoolClient and the flow "code" of the client. Mint tokens instead.`,
    )
  const secret = () => service.chance.bytes(32).toString('base64url')
  const [state, nonce, verifier] = [secret(), secret(), secret()]
  const url = withQuery(`${domain}/oauth2/authorize`, {
    client_id: client.id,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: request.scopes?.join(' '),
    state,
    nonce,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    identity_provider: request.provider,
  })
  const browser = headlessBrowser(fetch)
  const end = await throughPages(service, browser, await browser.open(url, redirectUri), redirectUri, request)
  const code = codeAt(end, state)
  const answer = await redeemed(fetch, `${domain}/oauth2/token`, client, { code, redirectUri, verifier })
  return verified(service, fetch, { pool, client, nonce }, answer)
}

/**
 * Fills in each page that is shown, until the app is called back. A page that comes again has refused what was sent; only
 * codes of an authenticator app are tried three times, since each is right once.
 */
async function throughPages(
  service: Service,
  browser: Browser,
  first: Arrival,
  end: string,
  request: SignInRequest,
): Promise<URL> {
  const sent = new Map<string, number>()
  let arrival = first
  while (arrival.page !== undefined) {
    const { page } = arrival
    const form = formsOf(page).find(({ name }) => name in answers)
    const kind = form?.name ?? page.url.href
    const attempt = sent.get(kind) ?? 0
    const answer =
      form === undefined
        ? await secondFactor(service, page, request.username ?? '', attempt)
        : { form, values: answers[form.name]?.(form, request) ?? {} }
    const refusal = refusalOn(page)
    if (answer === undefined || attempt >= (form === undefined ? codesTried : 1) || (form && refusal))
      throw stuck(page, refusal)
    sent.set(kind, attempt + 1)
    arrival = await browser.submit(page, answer.form, answer.values, end)
  }
  return arrival.end
}

const codesTried = 3

/** What is typed into the forms of the hosted pages, by their names. */
const answers: Readonly<Record<string, (form: Form, request: SignInRequest) => Record<string, string>>> = {
  // Managed login asks clients with ALLOW_USER_AUTH for the user name alone, and then for a factor.
  cognitoSignInForm({ fields }, request) {
    const username = needed(request, 'username')
    return fields.includes('password') ? { username, password: needed(request, 'password') } : { username }
  },
  factorForm({ buttons }, { username }) {
    const offered = buttons.flatMap(({ name, value }) => (name === 'factor' ? [value] : []))
    const factor = factorsOfPeople.find(each => offered.includes(each))
    if (factor === undefined)
      throw new SignInError(
        `The page offers ${username} nothing but ${offered.join(', ')}, which takes a browser with an authenticator.`,
      )
    return { factor }
  },
  passwordForm: (_form, request) => ({ password: needed(request, 'password') }),
  newPasswordForm({ fields }, { username, newPassword, attributes = {} }) {
    if (newPassword === undefined)
      throw new SignInError(
        `The password of ${username} is temporary: give a newPassword as well, which takes its place.`,
      )
    const asked = fields.flatMap(field => attributeOf(field) ?? [])
    const missing = asked.filter(name => !attributes[name])
    if (missing.length > 0)
      throw new SignInError(
        `The pool requires attributes that ${username} lacks: give attributes as well, with ${missing.join(', ')}.`,
      )
    return {
      new_password: newPassword,
      confirm_password: newPassword,
      ...Object.fromEntries(asked.map(name => [`requiredAttributes[${name}]`, attributes[name] ?? ''])),
    }
  },
  // A built-in identity provider; users who were added come first, the newest of them before all others.
  nameUserForm({ buttons }, { username }) {
    const [first] = buttons.flatMap(({ name, value }) => (name === 'pick' ? [value] : []))
    return username === undefined ? { pick: first ?? '' } : { username }
  },
  // What a provider has the browser post to the pool.
  answerForm: () => ({}),
}

/** What a page of a pool asks for, and a built-in identity provider does not. */
function needed(request: SignInRequest, name: 'username' | 'password'): string {
  const given = request[name]
  if (given !== undefined) return given
  throw new SignInError(
    `The page of a pool asks who signs in: give a ${name} as well. Only built-in identity providers ask for none${request.provider === undefined ? ': name one as the provider' : ''}.`,
  )
}

/** The first factors that a person without a browser has, the ones that were given first. */
const factorsOfPeople = ['PASSWORD', 'EMAIL_OTP', 'SMS_OTP']

const attributeOf = (field: string): string | undefined => /^requiredAttributes\[(.+)\]$/.exec(field)?.[1]

const stuck = ({ url, status }: Page, refusal: string | undefined): SignInError =>
  new SignInError(
    refusal === undefined
      ? `The sign-in came to a page that this sign-in cannot fill in: ${url.origin}${url.pathname}, status ${status}. GET /_rockpool/flights tells the way there.`
      : `The page ${url.origin}${url.pathname} said: ${refusal} GET /_rockpool/flights tells the whole way.`,
  )

function codeAt({ searchParams }: URL, state: string): string {
  const { code, error, error_description: description, state: came } = Object.fromEntries(searchParams)
  if (code === undefined)
    throw new SignInError(
      `The app was called back with the error ${error ?? '(none)'}${description === undefined ? '' : `: ${description}`}. GET /_rockpool/flights tells why.`,
    )
  if (came !== state) throw new SignInError('The app was called back with another state than it had sent.')
  return code
}

async function redeemed(
  fetch: Fetch,
  url: string,
  { id, secrets: [secret] }: AppClient,
  { code, redirectUri, verifier }: { code: string; redirectUri: string; verifier: string },
): Promise<TokenAnswer> {
  const form = { grant_type: 'authorization_code', client_id: id, code, redirect_uri: redirectUri }
  const basic = secret && Buffer.from(`${id}:${secret.value}`).toString('base64')
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ ...form, code_verifier: verifier }),
    ...(basic === undefined ? {} : { headers: { authorization: `Basic ${basic}` } }),
  })
  if (answer.status !== 200)
    throw new SignInError(
      `The code was not exchanged: the token endpoint answered ${answer.status} ${await answer.text()}.`,
    )
  return (await answer.json()) as TokenAnswer
}
