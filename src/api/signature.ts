import { ensure } from '../core/refusal.js'
import { incompleteSignature, missingToken } from './wire-refusals.js'

/** The signer of a request. Any key is good; what counts is the region that the request was signed for. */
export interface Caller {
  readonly accessKeyId: string
  readonly region: string
}

/** Reads the credential scope of a Signature Version 4 header. */
export function callerOf(operation: string, authorization: string | undefined): Caller {
  ensure(authorization, () => missingToken(operation))
  const credential =
    /^AWS4-HMAC-SHA256 (?=.*Signature=[0-9a-f]+).*?Credential=([^/\s]+)\/\d{8}\/([a-z0-9-]+)\/cognito-idp\/aws4_request/.exec(
      authorization,
    )
  const [, accessKeyId, region] = credential ?? []
  ensure(accessKeyId !== undefined && region !== undefined, incompleteSignature)
  return { accessKeyId, region }
}
