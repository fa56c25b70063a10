import {
  type Minting,
  mintSignInTokens,
  type SignInRecords,
  type SignInTokens,
} from '../../tokens/token-service.js'
import type { Service } from '../service.js'

/** For what tokens are handed out, by the names of OAuth and, for the API, its own. */
export type GrantName = 'authorization_code' | 'implicit' | 'refresh_token' | 'api_sign_in' | 'api_refresh'

/** Mints the tokens of a sign-in, and shows their claims to the flight recorder. */
export async function signInTokens(
  service: Service,
  signIn: SignInRecords,
  { grant, ...minting }: Minting & { readonly grant: GrantName },
): Promise<SignInTokens> {
  const tokens = await mintSignInTokens(service, signIn, minting)
  const { access, id } = tokens
  service.recorder.counts('tokens', grant)
  service.recorder.note('tokens', { access_token: access.claims, ...(id && { id_token: id.claims }) })
  return tokens
}
