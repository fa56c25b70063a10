import { samlSigningOf } from '../../tokens/saml-signing.js'
import { operation } from '../operations.js'
import { poolOf } from '../scope.js'

/** What identity providers check the pool's SAML requests with: DER in base64, without PEM's armour. */
export const GetSigningCertificate = operation('GetSigningCertificate', async (scope, { UserPoolId }) => {
  const pool = await poolOf(scope, UserPoolId)
  return { Certificate: (await samlSigningOf(scope.service, pool.id)).certificate }
})
