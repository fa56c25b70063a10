import { refusal } from '../../core/refusal.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'

/** Why the built-in SAML identity provider refuses something. */

export const notMessage = refusal('invalid_request', (name: string, why: string) => ({
  told: 'This is no request of SAML.',
  because: `The parameter SAMLRequest is not a ${name}: ${why}.`,
  remedy: 'Begin at the app, which sends one.',
}))

export const noAnswerAddress = refusal('invalid_request', (issuer: string) => ({
  told: 'The request does not say where to answer.',
  because: `The AuthnRequest of ${issuer} has no AssertionConsumerServiceURL that is a web address.`,
  remedy: 'Let the service provider name its assertion consumer service in the request.',
}))

export const startIncomplete = refusal('invalid_request', () => ({
  told: 'Nobody has asked for this sign-in, and it does not say whom it is for.',
  because: 'The address lacks the parameter acs or audience.',
  remedy:
    'Open …/saml/start with acs (the /saml2/idpresponse of the pool), audience (urn:amazon:cognito:sp: and the pool id) and RelayState.',
}))

export const unknownServiceProvider = refusal('invalid_request', (issuer: string) => ({
  told: 'The service provider is not known here.',
  because: `The LogoutRequest is of "${issuer}", and no pool with a domain has this entity id.`,
  remedy: 'Sign out at a pool of this Rockpool: its entity id is urn:amazon:cognito:sp: and the pool id.',
}))

export const logoutUnsigned = refusal('invalid_request', (name: string) => ({
  told: 'The request to log out is not signed by who sent it.',
  because: `The query that came to ${name} does not verify with the signing certificate of the pool.`,
  remedy: 'Let the browser follow the redirect of /logout as it is.',
}))

export const nothingToEncryptTo = refusal('invalid_request', (audience: string) => ({
  told: 'There is no certificate to encrypt the assertion to.',
  because: `No SAML provider of a pool with the entity id "${audience}" has the metadata of this identity provider.`,
  remedy: 'Switch "encrypts" off, or set MetadataURL of the pool’s provider to the metadata of this one.',
}))

export const requestUnsigned = refusal('invalid_request', (issuer: string) => ({
  told: 'Invalid requester',
  because: `The AuthnRequest of ${issuer} is not signed by the pool, and the quirk "wants-signed-requests" is on, as Keycloak’s "Client signature required" is at first. Users stay at this page, and Cognito hears nothing of them.`,
  remedy:
    'Set RequestSigningAlgorithm of the pool’s provider to "rsa-sha256", and give the identity provider the certificate of GetSigningCertificate; or switch the demand off there.',
}))

export const certificateUnknown = refusal('invalid_request', (name: string, { id }: { id: string }) => ({
  told: 'The request to log out cannot be verified.',
  because: `The quirk "logout-without-certificate" of ${name} is on: nobody has given ${name} the signing certificate of ${id}. Users stay at this page, signed out of the pool alone.`,
  remedy: `Give the identity provider the certificate that GetSigningCertificate answers for ${id}.`,
}))

export const speaksNoSaml = refusal('not_found', ({ name, kind }: UpstreamProvider) => ({
  told: 'There is no such identity provider.',
  because: `The provider ${name} is of the kind "${kind}", and speaks no SAML.`,
  remedy: `Set Kind of ${name} in the seed to "saml", "entra", "okta", "auth0" or "keycloak".`,
}))

export const postedFromElsewhere = refusal('invalid_request', () => ({
  told: 'The form was sent by a page of another site.',
  because:
    'The browser says that a page of another site has sent the form: it could sign you in as somebody else.',
  remedy: 'Begin at the app, and pick a user on the page of the identity provider.',
}))
