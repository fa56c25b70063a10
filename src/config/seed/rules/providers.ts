import { localProvider } from '../../../core/app-client.js'
import { oidcEndpoints } from '../../../core/identity-provider.js'
import { isWebUrl } from '../../../lib/url.js'
import type { Place } from '../mistakes.js'
import type { Draft, ProviderSeed } from '../shape.js'
import type { PoolDraft } from './draft.js'
import { each, unique } from './lists.js'

/** The rules for identity providers (oauth-and-federation.md §8.1, §8.5). */
export function checkProviders(draft: PoolDraft): void {
  const providers = each(draft.seed.IdentityProviders, draft.place.at('IdentityProviders'))
  unique(
    'provider name',
    providers.map(([{ ProviderName }, at]) => [ProviderName, at.at('ProviderName')]),
  )
  unique(
    'identifier',
    providers.flatMap(([{ IdpIdentifiers }, at]) => each(IdpIdentifiers, at.at('IdpIdentifiers'))),
  )
  for (const [provider, at] of providers) {
    checkType(provider, at)
    checkMapping(provider, at.at('AttributeMapping'), draft)
    if (provider.ProviderType === 'OIDC')
      checkOidcDetails(provider.ProviderDetails ?? {}, at.at('ProviderDetails'))
  }
}

const socialTypes = new Set(['Facebook', 'Google', 'LoginWithAmazon', 'SignInWithApple'])

function checkType({ ProviderName = '', ProviderType }: Draft<ProviderSeed>, place: Place): void {
  const named = socialTypes.has(ProviderName) || ProviderName.toUpperCase() === localProvider
  if (ProviderType !== undefined && named && ProviderName !== ProviderType)
    place
      .at('ProviderName')
      .wrong(`A provider called "${ProviderName}" cannot be of the type ${ProviderType}.`)
  if (ProviderType !== undefined && ProviderType !== 'OIDC')
    place.at('ProviderType').wrong('Rockpool signs people in through OIDC providers only, so far.')
}

function checkMapping(
  { AttributeMapping = {} }: Draft<ProviderSeed>,
  place: Place,
  { pool }: PoolDraft,
): void {
  const valid = ['username', ...pool.schema.map(({ name }) => name)]
  for (const name of Object.keys(AttributeMapping)) {
    if (!valid.includes(name))
      place
        .at(name)
        .wrong(`The pool's schema has no attribute "${name}".`, { given: name, valid, isName: true })
    else if (name === 'sub') place.at(name).wrong('"sub" is the pool\'s own: nothing can be mapped to it.')
  }
}

type Details = { readonly [key: string]: string | undefined }

const requiredDetails = ['client_id', 'authorize_scopes', 'attributes_request_method', 'oidc_issuer'] as const
const knownDetails: readonly string[] = [
  ...requiredDetails,
  'client_secret',
  'attributes_url_add_attributes',
  ...oidcEndpoints,
]

function checkOidcDetails(details: Details, place: Place): void {
  for (const name of Object.keys(details))
    if (!knownDetails.includes(name))
      place.at(name).wrong(`"${name}" is not a detail of an OIDC provider.`, {
        given: name,
        valid: knownDetails,
        isName: true,
      })
  for (const name of requiredDetails) if (!details[name]) place.wrong(`"${name}" is missing.`)
  const { authorize_scopes, attributes_request_method: method, oidc_issuer } = details
  if (authorize_scopes && !authorize_scopes.split(' ').includes('openid'))
    place.at('authorize_scopes').wrong('The scopes must include "openid".')
  if (method && method !== 'GET' && method !== 'POST')
    place
      .at('attributes_request_method')
      .wrong(`"${method}" is neither "GET" nor "POST".`, { given: method, valid: ['GET', 'POST'] })
  if (oidc_issuer?.endsWith('/'))
    place.at('oidc_issuer').wrong('An issuer has no slash at the end: it is compared with `iss` as text.')
  for (const name of ['oidc_issuer', ...oidcEndpoints])
    if (details[name] && !isWebUrl(details[name])) place.at(name).wrong('This must be an http or https URL.')
  const missing = oidcEndpoints.filter(name => !details[name])
  if (missing.length > 0 && missing.length < oidcEndpoints.length)
    place.wrong(`Give all four endpoints or none: ${missing.join(', ')} missing.`)
}
