import type { IdentityProvider } from '../../core/identity-provider.js'
import { Refusal, refusal } from '../../core/refusal.js'

/**
 * Why a sign-in through a SAML provider is refused (docs/facts/saml-and-social.md §2.8). Cognito's words for most checks are
 * recorded nowhere: those stand behind the recorded prefix, and name the check [guess].
 */

type Named = Pick<IdentityProvider, 'name'>

const prefix = 'Invalid SAML response received: '

/** A refusal of what follows an assertion, such as of its attributes, as the app reads it. */
export const ofSamlResponse = ({ told, explanation }: Refusal): Refusal =>
  new Refusal('server_error', told.startsWith(prefix) ? told : `${prefix}${told}`, explanation)

// Metadata.

export const metadataUnreachable = refusal(
  'server_error',
  ({ name }: Named, source: string, what: string) => ({
    told: `Error retrieving metadata from ${source}`,
    because: `The metadata of ${name} could not be fetched from ${source}: ${what}.`,
    remedy: `Start the identity provider or correct MetadataURL of ${name}; without a network, take the built-in one (Kind: saml under UpstreamProviders of a seed), or give the XML as MetadataFile.`,
  }),
)

/** [guess] The words for metadata that are of no use are not recorded. */
export const metadataUseless = refusal('server_error', ({ name }: Named, source: string, what: string) => ({
  told: `Error retrieving metadata from ${source}`,
  because: `The metadata of ${name} ${what}.`,
  remedy: `Give ${name} the metadata of one identity provider, with an entityID, a SingleSignOnService that takes HTTP-Redirect, and a certificate for signing.`,
}))

export const certificatesExpired = refusal('server_error', ({ name }: Named, ended: string) => ({
  told: 'Signing certificates are expired',
  because: `All certificates in the metadata of ${name} have ended, the last on ${ended}.`,
  remedy: `Let ${name} publish metadata with its present certificate, or move the clock back if it was moved.`,
}))

// The response as a message.

export const responseMissing = refusal('invalid_request', ({ name }: Named) => ({
  told: "Required String parameter 'SAMLResponse' is not present",
  because: `${name} came back without the form field SAMLResponse.`,
  remedy: `Let ${name} answer by HTTP-POST: a form with SAMLResponse and RelayState, posted to the ACS URL.`,
}))

export const responseTooLong = refusal('server_error', ({ name }: Named, length: number) => ({
  told: `${prefix}SAML response is too long. `,
  because: `The response of ${name} has ${length} characters; 100000 is the most.`,
  remedy: `Let ${name} send fewer attributes: long lists of groups are the usual cause.`,
}))

export const malformed = refusal('server_error', ({ name }: Named, why: string) => ({
  told: `${prefix}SAML response cannot be parsed. `,
  because: `The response of ${name} ${why}.`,
  remedy: `Let ${name} send one Response of SAML 2.0, well-formed and in base64, with one assertion.`,
}))

export const notSuccessful = refusal('server_error', ({ name }: Named, status: string, message: string) => ({
  told: `${prefix}Status ${status}${message === '' ? '' : `: ${message}`}. `,
  because: `${name} refused the sign-in with the status ${status}${message === '' ? '' : ` (${message})`}.`,
  remedy: `Search the log of ${name} for the reason: the user may have cancelled, or may not be assigned to the application.`,
}))

// Signatures and encryption.

export const badSignature = refusal('server_error', ({ name }: Named, what: string, why: string) => ({
  told: `${prefix}SAML Assertion signature is invalid. `,
  because: `The signature of the ${what} of ${name} ${why}.`,
  remedy: `Let ${name} sign with a certificate that its metadata publish. After a rotation the metadata of a URL are read again within six hours; a MetadataFile has to be replaced.`,
}))

export const unsigned = refusal('server_error', ({ name }: Named) => ({
  told: `${prefix}SAML Assertion signature is invalid. `,
  because: `Neither the response of ${name} nor its assertion is signed.`,
  remedy: `Switch signing on at ${name}, for the response or for the assertion.`,
}))

export const notEncrypted = refusal('server_error', ({ name }: Named) => ({
  told: `${prefix}SAML Assertion is not encrypted. `,
  because: `EncryptedResponses of ${name} is "true", and the assertion came in the clear.`,
  remedy: `Let ${name} encrypt assertions to ActiveEncryptionCertificate, which DescribeIdentityProvider shows, or set EncryptedResponses to "false".`,
}))

export const encryptedUnasked = refusal('server_error', ({ name }: Named) => ({
  told: `${prefix}SAML Assertion is encrypted. `,
  because: `${name} encrypts its assertions, and EncryptedResponses of the provider is not "true".`,
  remedy: `Set EncryptedResponses of ${name} to "true", or let it send assertions in the clear.`,
}))

export const notDecrypted = refusal('server_error', ({ name }: Named, why: string) => ({
  told: `${prefix}SAML Assertion cannot be decrypted. `,
  because: `The encrypted assertion of ${name} ${why}.`,
  remedy: `Upload ActiveEncryptionCertificate of ${name}, which DescribeIdentityProvider shows, to the identity provider: each provider of a pool has its own.`,
}))

// What the response says of itself.

export const otherIssuer = refusal('server_error', ({ name }: Named, issuer: string, wanted: string) => ({
  told: `${prefix}Issuer is invalid. `,
  because: `The issuer is "${issuer}"; the metadata of ${name} are those of "${wanted}".`,
  remedy: `Give ${name} the metadata of the identity provider that answers, or let it answer by the name in its metadata.`,
}))

export const otherDestination = refusal('server_error', ({ name }: Named, given: string, acs: string) => ({
  told: `${prefix}Destination is invalid. `,
  because: `The response of ${name} is meant for ${given}, and came to ${acs}.`,
  remedy: `Set the ACS URL (also called reply URL or single sign-on URL) at ${name} to ${acs}.`,
}))

export const otherRecipient = refusal('server_error', ({ name }: Named, given: string, acs: string) => ({
  told: `${prefix}Recipient is invalid. `,
  because: `The assertion of ${name} is meant for ${given || 'nobody in particular: it has no Recipient'}, and came to ${acs}.`,
  remedy: `Set the recipient URL at ${name}, which is the ACS URL, to ${acs}.`,
}))

export const otherAudience = refusal(
  'server_error',
  ({ name }: Named, audiences: readonly string[], entityId: string) => ({
    told: `${prefix}Audience is invalid. `,
    because: `The assertion of ${name} is for ${audiences.map(one => `"${one}"`).join(', ') || 'no audience at all'}; this pool is "${entityId}".`,
    remedy: `Set the audience (also called entity ID or identifier of the application) at ${name} to ${entityId}.`,
  }),
)

export const otherRequest = refusal(
  'server_error',
  ({ name }: Named, where: string, given: string | undefined, wanted: string) => ({
    told: `${prefix}InResponseTo is invalid. `,
    because: `${where} of ${name} answers ${given === undefined ? 'no request: it has no InResponseTo' : `the request "${given}"`}; the request was "${wanted}".`,
    remedy: `Let ${name} put the request's ID into InResponseTo of both Response and SubjectConfirmationData.`,
  }),
)

export const answersRequest = refusal('server_error', ({ name }: Named, where: string) => ({
  told: `${prefix}InResponseTo is invalid. `,
  because: `${where} of ${name} answers a request, though the RelayState says that the provider began by itself.`,
  remedy: `Let ${name} return the RelayState of the request that it answers, as it came.`,
}))

export const outOfTime = refusal(
  'server_error',
  ({ name }: Named, what: string, { limit, now }: { limit: string; now: string }) => ({
    told: `${prefix}SAML Assertion is expired or not yet valid. `,
    because: `${what} of the assertion of ${name} is ${limit}, and it is ${now} here.`,
    remedy: `Set the clocks of both machines right (rockpool may have been told to move its own), or let ${name} make assertions that last longer.`,
  }),
)

export const replayed = refusal('server_error', ({ name }: Named, id: string) => ({
  told: `${prefix}SAML Assertion was used before. `,
  because: `The assertion "${id}" of ${name} has let somebody in already: each is good for one sign-in.`,
  remedy: 'Start the sign-in again, so that the provider makes a new assertion.',
}))

export const noNameId = refusal('server_error', ({ name }: Named, why: string) => ({
  told: `${prefix}NameID is missing. `,
  because: `The subject of the assertion of ${name} ${why}.`,
  remedy: `Let ${name} send a NameID: a value that stays the same for a user for good, best of the format persistent.`,
}))

export const noConfirmation = refusal('server_error', ({ name }: Named) => ({
  told: `${prefix}Subject confirmation is missing. `,
  because: `The subject of the assertion of ${name} has no confirmation by the method bearer.`,
  remedy: `Let ${name} add a SubjectConfirmation of the method urn:oasis:names:tc:SAML:2.0:cm:bearer, as the web browser profile asks.`,
}))
