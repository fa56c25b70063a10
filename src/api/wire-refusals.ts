import { refusal } from '../core/refusal.js'

/** What the front end refuses before an operation is looked at (docs/facts/user-pools-api.md §1.3, §1.4). */

export const notConvertible = refusal('SerializationException', (told: string) => ({
  told,
  because: `A member of the request has another JSON type than the operation wants: ${told}`,
  remedy: 'Send the type that the API reference gives; attribute values are always texts.',
}))

export const notJson = refusal('SerializationException', () => ({
  because: 'The body is no JSON object.',
  remedy: 'Send the members of the operation as one JSON object, as every AWS SDK does, or an empty body.',
}))

export const tooDeep = refusal('SerializationException', () => ({
  because: 'A document of the request is nested deeper than Rockpool keeps.',
  remedy: 'Send the settings as the branding editor exports them.',
}))

/** The body could not even be read: its headers contradict it, or its content type is none. */
export const unreadable = refusal('SerializationException', (trouble: string) => ({
  because: `The request could not be read: ${trouble}.`,
  remedy: 'Send a JSON object with Content-Type: application/x-amz-json-1.1.',
}))

export const tooLarge = refusal('RequestEntityTooLargeException', (limit: number) => ({
  because: `The body is longer than ${limit} bytes.`,
  remedy: 'Send less at once; the largest image that is kept has 2 MB.',
}))

/** Our own mistake, in the words of the service for its own. */
export const internalError = refusal('InternalErrorException', () => ({
  told: 'An internal error occurred.',
  because: 'Rockpool made a mistake here. Its log has the details.',
  remedy: 'Report it to the authors of Rockpool, with the request and the lines that the log has of it.',
}))

/** No exception of the service's, and a status that SDKs do not try again by themselves. */
export const storageFull = refusal('InsufficientStorageException', (told: string) => ({
  told,
  because: told,
  remedy: 'Make room on the disk of the directory that --data names, then send the request again.',
}))

/** The name that all of AWS has for it. SDKs try it again by themselves. */
export const storeUnavailable = refusal('ServiceUnavailable', (told: string) => ({
  told,
  because: told,
  remedy:
    'See that PostgreSQL runs at the address that --data names and can be reached, then send the request again.',
}))

/** The name of the service for changes that meet. */
export const stateReplaced = refusal('ConcurrentModificationException', (told: string) => ({
  told,
  because: told,
  remedy: 'Begin again on the state that is there now; do not reset or restore while requests are under way.',
}))

export const invalidConstraints = refusal('InvalidParameterException', (entries: readonly string[]) => {
  const told = `${entries.length} validation error${entries.length === 1 ? '' : 's'} detected: ${entries.join('; ')}`
  return {
    told,
    because: `The request breaks ${entries.length} constraint(s) of the operation's input: ${entries.join('; ')}`,
    remedy: `Change ${entries.length === 1 ? 'the member that is named' : 'the members that are named'}: each entry says which values are allowed.`,
  }
})

export const unknownOperation = refusal('UnknownOperationException', (target: string) => ({
  because: `There is no operation of this API in the target "${target}".`,
  remedy: 'Send X-Amz-Target: AWSCognitoIdentityProviderService.<Operation>, as every AWS SDK does.',
}))

/** No exception of the service's: the caller has found the edge of the emulator. */
export const notBuilt = refusal('NotImplementedException', (operation: string) => ({
  told: `Rockpool does not have the operation ${operation} yet.`,
  because: `${operation} exists on AWS; Rockpool does not have it yet.`,
  remedy: `Configure what ${operation} would have done in a seed, if a seed can, or leave the call out: docs/faithfulness.md lists the operations that Rockpool has.`,
}))

export const missingToken = refusal('MissingAuthenticationTokenException', (operation: string) => ({
  told: 'Missing Authentication Token',
  because: `${operation} is signed on AWS, and the request has no Authorization header.`,
  remedy: 'Give the SDK any credentials: AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test.',
}))

export const incompleteSignature = refusal('IncompleteSignatureException', () => ({
  told: "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
  because:
    'The Authorization header is none of the form AWS4-HMAC-SHA256 Credential=…/cognito-idp/aws4_request, ….',
  remedy: 'Sign with Signature Version 4 for the service cognito-idp; any key will do.',
}))

/** Rockpool's own refusals, in the shape of the service's: AWS would check the signature, which no foreign page could make. */
const denied = (operation: string, because: string, remedy: string) => ({
  told: `Rockpool does not do ${operation} for this page. ${because} ${remedy}`,
  because,
  remedy,
})

export const foreignOrigin = refusal('AccessDeniedException', (operation: string, origin: string) =>
  denied(
    operation,
    `${operation} is for administrators, and a browser sent it for a page of ${JSON.stringify(origin)}, which is no origin of this machine.`,
    origin === 'null'
      ? 'Serve the page from http://localhost, or start Rockpool with --allow-origin null, which trusts every page without an origin.'
      : `If the page is yours, start Rockpool with --allow-origin ${origin}.`,
  ),
)

export const foreignSite = refusal('AccessDeniedException', (operation: string) =>
  denied(
    operation,
    `${operation} is for administrators, and a browser sent it for a page of another site (Sec-Fetch-Site: cross-site).`,
    'Let the browser send the Origin of the page; if the page is yours, start Rockpool with --allow-origin and that origin.',
  ),
)

export const foreignHost = refusal('AccessDeniedException', (operation: string, host: string) =>
  denied(
    operation,
    `${operation} is for administrators, and was asked for under the name ${JSON.stringify(host)}, which may be somebody else's.`,
    'Use localhost or an IP address as the endpoint, or start Rockpool with --host-name and that name.',
  ),
)
