import { issuerOf } from '../core/addresses.js'
import { allPools } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'

/** Ends of addresses, as other identity providers have them or with other capitals, and the endpoint of Cognito with that use. */
const endpoints: readonly (readonly [ends: RegExp, endpoint: string])[] = [
  [/\/(authorize|openid-connect\/auth)\/?$/i, 'oauth2/authorize'],
  [/\/token\/?$/i, 'oauth2/token'],
  [/\/userinfo\/?$/i, 'oauth2/userInfo'],
  [/\/(revoke|revocation)\/?$/i, 'oauth2/revoke'],
  [/\/(logout|endsession|end_session)\/?$/i, 'logout'],
]
const documents: readonly (readonly [ends: RegExp, document: string])[] = [
  [
    /\/\.well-known\/(openid-configuration|oauth-authorization-server)\b/i,
    '.well-known/openid-configuration',
  ],
  [/\/(certs|keys|jwks|jwks\.json)\/?$/i, '.well-known/jwks.json'],
]

/**
 * What to do about an address that leads nowhere and looks like one of a user pool; undefined for any other address.
 * @param path without the query
 */
export async function meantAddress(service: Service, path: string): Promise<string | undefined> {
  if (/.\/\//.test(path))
    return 'Two slashes follow one another: take the slash off the end of the issuer or domain that the app is configured with.'
  const document = documents.find(([ends]) => ends.test(path))?.[1]
  if (document !== undefined) {
    const pools = (await allPools(service)).slice(0, 3)
    return `It is found below the issuer of a pool: ${pools.map(pool => `${issuerOf(service, pool)}/${document}`).join(' or ')}.`
  }
  const endpoint = endpoints.find(([ends]) => ends.test(path))?.[1]
  if (endpoint === undefined) return undefined
  return `The endpoint of Cognito for that is /${endpoint}, letter by letter, below the domain of a pool: ${service.base}/DOMAIN/${endpoint}.`
}
