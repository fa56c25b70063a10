import {
  type Minting,
  mintSignInTokens,
  type SignInRecords,
  type SignInTokens,
} from '../../tokens/token-service.js'
import type { Service } from '../service.js'

/** Mints the tokens of a sign-in, and shows their claims to the flight recorder. */
export async function signInTokens(
  service: Service,
  signIn: SignInRecords,
  minting: Minting,
): Promise<SignInTokens> {
  const tokens = await mintSignInTokens(service, signIn, minting)
  const { access, id } = tokens
  service.recorder.note('tokens', { access_token: access.claims, ...(id && { id_token: id.claims }) })
  return tokens
}
