import type { AppClient } from '../../core/app-client.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { memberLine, refusal } from '../../core/refusal.js'
import type { OfValue } from '../../core/rules/user.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'

/**
 * Why a sign-in through a provider of any type is refused, in Cognito's words (docs/facts/oauth-and-federation.md §3.3, §8.9).
 */

type Named = Pick<IdentityProvider, 'name'>

// The service's words are not known.
export const firstAtReplica = refusal('invalid_request', (provider: Named, pool: UserPool) => ({
  told: 'User has not signed in to the primary user pool before.',
  because: `The account at ${provider.name} has no user in ${pool.name} yet, and a secondary replica makes none.`,
  remedy: `Let the user sign in at the domain in ${regionOf(pool.id)} once.`,
}))

// The way back. What matches no sign-in is refused on the page (fact O52), in the words of the address it came to.

const startOver = 'Start the sign-in again from the app, and follow it in one browser, once.'

export const stateMissing = refusal('invalid_request', (told: string) => ({
  told,
  because: 'The provider came back without a state.',
  remedy:
    'Let the provider return the parameter state exactly as Rockpool sent it, then start again from the app.',
}))

export const stateForged = refusal('invalid_request', (told: string) => ({
  told,
  because: 'The state was not made by this Rockpool, or it was changed on its way.',
  remedy:
    'Let the provider return the state as it was sent: it is long, more than 400 characters. After the data of Rockpool were deleted, start again from the app.',
}))

export const stateUsed = refusal('invalid_request', (told: string) => ({
  told,
  because: 'The state has been used already (or was made long ago): each is good for one return.',
  remedy: startOver,
}))

export const stateOfOtherPool = refusal(
  'invalid_request',
  (told: string, poolId: string, pool: UserPool) => ({
    told,
    because: `The state belongs to the pool ${poolId}, but the provider came back to the domain of ${pool.id}.`,
    remedy: 'Register the callback of the pool that sends people to the provider, not that of another pool.',
  }),
)

export const otherAddress = refusal(
  'invalid_request',
  (told: string, { name, type }: IdentityProvider, path: string) => ({
    told,
    because: `The answer came to ${path}, and belongs to a sign-in through ${name}, a provider of the type ${type}, which answers elsewhere.`,
    remedy: `Let each identity provider return the state of its own sign-in, to the address that it was given.`,
  }),
)

export const mayNotBegin = refusal('invalid_request', (told: string, { name }: Named) => ({
  told,
  because: `${name} sent a user whom this pool had not sent there, and IDPInit of ${name} is not "true".`,
  remedy: `Begin at the app, or set IDPInit of ${name} to "true" (its clients may then enable SAML providers only).`,
}))

export const bindingMissing = refusal('invalid_request', (told: string) => ({
  told,
  because: 'The browser does not show the cookie csrf-state, which was set when it left for the provider.',
  remedy: `${startOver} The address must be the same at both ends: localhost and 127.0.0.1 do not share cookies.`,
}))

export const otherBrowser = refusal('invalid_request', (told: string) => ({
  told,
  because: 'The sign-in was begun in another browser: its cookie csrf-state is another one.',
  remedy: startOver,
}))

export const tooLate = refusal('invalid_request', (provider: string, age: number, patience: number) => ({
  told: 'Something went wrong',
  because: `${provider} answered after ${Math.round(age / 1000)} seconds; it has ${patience / 1000}.`,
  remedy: `Start the sign-in again from the app, and come back from ${provider} within ${patience / 60_000} minutes.`,
}))

// From here on the refusal goes to the app.

export const providerGone = refusal('invalid_request', (name: string, client: AppClient) => ({
  told: 'Login option is not available. Please try another one',
  because: `While the user was at ${name}, the provider was deleted or taken from SupportedIdentityProviders of client ${client.name}.`,
  remedy: `Enable ${name} in SupportedIdentityProviders of client ${client.name}, or start the sign-in again with a provider that the client enables.`,
}))

export const noSubject = refusal('invalid_request', ({ name }: Named, claims: readonly string[]) => ({
  told: 'username attribute mapping required',
  because: `Neither the ID token nor userInfo of ${name} has a usable "sub" (claims: ${claims.join(', ') || 'none'}).`,
  remedy: `Let ${name} send "sub" as a text, in the ID token or from its userInfo endpoint, which the flight shows if it was asked.`,
}))

export const unusableSubject = refusal(
  'invalid_request',
  ({ name }: Named, subject: string, username: string) => ({
    told: 'Invalid username.',
    because: `The "sub" of ${name}, ${JSON.stringify(subject.slice(0, 60))}${subject.length > 60 ? '…' : ''}, makes a username of ${username.length} characters that no operation takes: at most 128, without spaces, line breaks and control characters.`,
    remedy: `Let ${name} send a "sub" of visible characters, ${128 - name.length - 1} at most.`,
  }),
)

export const attributesRequired = refusal(
  'invalid_request',
  (missing: readonly string[], { name }: Named) => ({
    told: `attributes required: [${missing.join(', ')}]`,
    because: `The pool requires ${missing.join(', ')}, and ${name} delivered no value for it, as the mapping of this flight shows.`,
    remedy: `Map it in AttributeMapping of ${name}, and let ${name} send the claim: often a scope is missing in authorize_scopes.`,
    ...(missing[0] === undefined
      ? {}
      : { line: memberLine(`AttributeMapping of ${name}`, missing[0], missing[0]) }),
  }),
)

export const attributeMissing = refusal('invalid_request', (missing: readonly string[], { name }: Named) => ({
  told: `Invalid user attributes: ${missing[0]}: The attribute is required\n `,
  because: `The pool requires ${missing.join(', ')}, and ${name} delivered no value for it, as the mapping of this flight shows.`,
  remedy: `Map it in AttributeMapping of ${name} by the full name of the claim, and let ${name} send it.`,
}))

export const usernameTooLong = refusal('invalid_request', (username: string, { name }: Named) => ({
  told: `1 validation error detected: Value '${username}' at 'userName' failed to satisfy constraint: Member must have length less than or equal to 128`,
  because: `The NameID of ${name} makes a username of ${username.length} characters, and 128 are the most.`,
  remedy: `Let ${name} send a shorter NameID that stays the same for a user: one of the format transient is long, and another at each sign-in.`,
}))

export const requiredBlank = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `Invalid user attributes: ${attribute}: The attribute is required\n `,
  because: `${name} sent an empty value for ${attribute}, which the pool requires.`,
  remedy: `Let ${name} send a value for ${attribute}.`,
}))

export const immutable = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `user.${attribute}: Attribute cannot be updated.\n `,
  because: `${name} maps ${attribute}, which the schema declares immutable: the first sign-in writes it, each later one fails.`,
  remedy: `Make ${attribute} mutable in the pool's schema, or take it out of the mapping.`,
}))

export const notInSchema = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `Invalid user attributes: ${attribute}: Attribute does not exist in the schema.\n `,
  because: `${name} maps ${attribute}, which the pool's schema does not have.`,
  remedy: `Add ${attribute} to the pool's schema, or take it out of AttributeMapping of ${name}.`,
}))

export const tooLong = refusal(
  'invalid_request',
  (attribute: string, claim: string, length: number, limit: number) => ({
    told: `Invalid user attributes: ${attribute}: String length must be at most ${limit} characters.\n `,
    because: `The claim "${claim}" is ${length} characters long; ${attribute} holds ${limit}.`,
    remedy: `Raise MaxLength of ${attribute} (2048 is the most), or map ${attribute} to another claim than "${claim}".`,
  }),
)

export const fourByteCharacter = refusal('invalid_request', (attribute: string, claim: string) => ({
  told: `Invalid user attributes: ${attribute}: Invalid characters.\n `,
  because: `The claim "${claim}" has a character that takes four bytes in UTF-8, such as an emoji; Cognito refuses those.`,
  remedy: `Let the provider send "${claim}" without such characters, or map ${attribute} to another claim.`,
}))

/** The words for a value of the wrong type are not recorded [guess]. */
export const misfit = refusal('invalid_request', (attribute: string, claim: string, why: OfValue) => ({
  told: why.told?.startsWith('Attributes did not conform to the schema: ')
    ? `${why.told.replace('Attributes did not conform to the schema', 'Invalid user attributes')} `
    : (why.told ?? `Invalid user attributes: ${attribute}: Invalid value.\n `),
  because: `The claim "${claim}" does not fit ${attribute}. ${why.because}`,
  remedy: `Let the provider send a "${claim}" that fits, or map ${attribute} to another claim. ${why.remedy}`,
}))

export const linkedInOtherCase = refusal('invalid_request', (subject: string, { name }: Named) => ({
  told: 'Invalid ProviderName/Username combination. Please check again',
  because: `A user was linked to ${name} with a subject that differs from "${subject}" in case alone; the pool ignores case, and links do not.`,
  remedy: `Link the user again with AdminLinkProviderForUser, with ProviderAttributeValue "${subject}" as ${name} writes it.`,
}))

export const alreadyExists = refusal('invalid_request', (username: string, pool: UserPool) => ({
  told: `Already found an entry for username ${username}`,
  because: `${pool.name} has a user ${username} that this identity does not lead to.`,
  remedy: `Delete the user ${username}, or link the identity to it (AdminLinkProviderForUser).`,
}))

export const userDisabled = refusal('invalid_request', (username: string) => ({
  told: 'User is disabled.',
  because: `${username} is disabled.`,
  remedy: `Enable ${username} (AdminEnableUser), or sign in with another account.`,
}))

/** [guess] The words are those of a sign-in that matches none. */
export const signOutUnknown = refusal('invalid_request', () => ({
  told: 'Invalid samlResponse or relayState from identity provider',
  because: 'The answer to a request to log out belongs to no sign-out that is under way.',
  remedy:
    'Let the identity provider return the RelayState as it came, by HTTP-POST to /saml2/logout of the domain, within five minutes.',
}))
