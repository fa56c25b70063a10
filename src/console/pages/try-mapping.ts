import type { AppClient } from '../../core/app-client.js'
import type { Claims } from '../../core/attribute-mapping.js'
import type { ProviderType } from '../../core/identity.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { usualClaim } from '../../core/rules/doctor/mappings.js'
import type { UserPool } from '../../core/user-pool.js'
import { clientById } from '../../flows/directory/directory.js'
import type { MappingRow } from '../../flows/federation/mapped-attributes.js'
import { tryVouched } from '../../flows/federation/vouched-user.js'
import { deepestDocument, isShallow } from '../../lib/depth.js'
import { type Html, html } from '../../lib/html.js'
import { form, select, submit, textArea } from '../frame/forms.js'
import { badge, card, facts, refusalBox, refusalOf, table } from '../frame/parts.js'
import type { Visit } from '../page.js'
import { noClaims, unknownClient } from '../setup-refusals.js'

const social = 'Profile as JSON'
const pasteLabels: Readonly<Record<ProviderType, string>> = {
  OIDC: 'ID token, or userInfo as JSON',
  SAML: 'SAML response or assertion, or its attributes as JSON',
  Google: 'ID token, or profile as JSON',
  Facebook: social,
  LoginWithAmazon: social,
  SignInWithApple: 'ID token, or its claims as JSON',
}

const oidcExample = '{"sub": "123", "email": "jane@example.com"}'
const examples: Readonly<Record<ProviderType, string>> = {
  OIDC: oidcExample,
  SAML: `{"NameID": "jane", "${usualClaim('SAML', 'email')}": "jane@example.com"}`,
  Google: oidcExample,
  Facebook: '{"id": "123", "email": "jane@example.com"}',
  LoginWithAmazon: '{"user_id": "amzn1.account.123", "email": "jane@example.com"}',
  SignInWithApple: oidcExample,
}

/** The “try it” box: claims in, the user that they would make out, by the rules that a sign-in goes by. */
export const tryBox = (
  visit: Visit,
  {
    action,
    type,
    clients,
    tried,
  }: {
    readonly action: string
    readonly type: ProviderType
    readonly clients: readonly AppClient[]
    readonly tried: Html | undefined
  },
): Html =>
  card(
    'Try it',
    clients.length === 0
      ? html`<p class="muted">The pool has no app client through which anybody could sign in.</p>`
      : html`${form(visit, { action: `${action}#try` }, [
          textArea({
            name: 'claims',
            label: pasteLabels[type],
            value: visit.form.claims,
            rows: 5,
            required: true,
            hint: 'Nothing is written, and no signature is checked.',
            placeholder: examples[type],
          }),
          select({
            name: 'client',
            label: 'Through the app client',
            value: visit.form.client,
            options: clients.map(({ id, name }) => [id, name] as const),
          }),
          submit('Try it', 'quiet'),
        ])}${tried}`,
    { id: 'try' },
  )

/** @throws Refusal when there are no claims in what was pasted */
export async function tryIt(visit: Visit, pool: UserPool, provider: IdentityProvider): Promise<Html> {
  const { service } = visit.console
  const id = visit.form.client ?? ''
  const client = await clientById(service, id)
  ensure(client?.poolId === pool.id, () => unknownClient(id, pool))
  const pasted = visit.form.claims ?? ''
  const claims =
    claimsIn(pasted) ??
    (provider.type === 'SAML' ? await visit.console.upstream.pastedClaims(pasted) : undefined)
  if (claims === undefined)
    return refusalBox(refusalOf(noClaims(provider.type === 'SAML' ? 'assertion' : 'token')))
  const { rows, user, refusal } = await tryVouched(service, { pool, client, provider, claims })
  const outcome = ({ dropped, remedy }: MappingRow): Html =>
    dropped === undefined
      ? refusal === undefined
        ? badge('written', 'good')
        : badge('not written', 'bad')
      : html`${badge('dropped', 'wait')} ${dropped}<small>${remedy}</small>`
  return html`<div class="stack" role="status">${refusal !== undefined && refusalBox(refusalOf(refusal))}${table<MappingRow>(
    'What becomes of the claims',
    [
      {
        head: 'Attribute',
        cell: ({ attribute, claim }) =>
          html`<code>${attribute}</code><small>from <code>${claim}</code></small>`,
      },
      { head: 'Value', cell: ({ value }) => value ?? html`<span class="muted">not sent</span>` },
      { head: 'Outcome', room: 'wide', cell: outcome },
    ],
    rows,
    html`<p>Nothing is mapped.</p>`,
  )}${
    user !== undefined &&
    html`<h3>${user.isNew ? 'A new user' : 'A user who is there already'}: ${user.username}</h3>${facts(Object.entries(user.attributes))}`
  }</div>`
}

/** The claims of a token, or of a JSON object; undefined when the text is neither. */
function claimsIn(pasted: string): Claims | undefined {
  const text = pasted.trim()
  const [, payload] = /^[\w-]+\.([\w-]+)\.[\w-]*$/.exec(text) ?? []
  try {
    const value: unknown = JSON.parse(
      payload === undefined ? text : Buffer.from(payload, 'base64url').toString('utf8'),
    )
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject && isShallow(value, deepestDocument) ? (value as Claims) : undefined
  } catch {
    return undefined
  }
}
