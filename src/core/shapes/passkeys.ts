import { document, integer, required, structure } from '../../lib/shape.js'
import { searchPaginationKey, text, tokenModel } from './common.js'

/** Passkeys. */

export const startWebAuthnRegistration = structure({
  AccessToken: required(tokenModel),
})

export const completeWebAuthnRegistration = structure({
  AccessToken: required(tokenModel),
  Credential: required(document()),
})

export const listWebAuthnCredentials = structure({
  AccessToken: required(tokenModel),
  NextToken: searchPaginationKey,
  MaxResults: integer({ min: 0, max: 20 }),
})

export const deleteWebAuthnCredential = structure({
  AccessToken: required(tokenModel),
  CredentialId: required(text),
})
