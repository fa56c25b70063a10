import type { IdentityProvider } from '../../core/identity-provider.js'
import { refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'

/** Why somebody whom a provider vouches for is refused, in Cognito's words (oauth-and-federation.md §8.9). */

type Named = Pick<IdentityProvider, 'name'>

export const noSubject = refusal('invalid_request', ({ name }: Named, claims: readonly string[]) => ({
  told: 'username attribute mapping required',
  because: `Neither the ID token nor userInfo of ${name} has a usable "sub" (claims: ${claims.join(', ') || 'none'}).`,
  remedy: 'Have the provider send "sub" as a text; look whether its userInfo endpoint refused the request.',
}))

export const unusableSubject = refusal(
  'invalid_request',
  ({ name }: Named, subject: string, username: string) => ({
    told: 'Invalid username.',
    because: `The "sub" of ${name}, ${JSON.stringify(subject.slice(0, 60))}${subject.length > 60 ? '…' : ''}, makes a username of ${username.length} characters that no operation takes: at most 128, without spaces, line breaks and control characters.`,
    remedy: `Have ${name} send a "sub" of visible characters, ${128 - name.length - 1} at most.`,
  }),
)

export const attributesRequired = refusal(
  'invalid_request',
  (missing: readonly string[], { name }: Named) => ({
    told: `attributes required: [${missing.join(', ')}]`,
    because: `The pool requires ${missing.join(', ')}, and ${name} delivered no value for it (see the mapping of this flight).`,
    remedy: `Map it in AttributeMapping of ${name}, and have the provider send the claim: often a scope is missing in authorize_scopes.`,
  }),
)

export const requiredBlank = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `Invalid user attributes: ${attribute}. The attribute is required.`,
  because: `${name} sent an empty value for ${attribute}, which the pool requires.`,
  remedy: 'Have the provider send a value.',
}))

export const immutable = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `Invalid user attributes: ${attribute}: Attribute cannot be updated.\n `,
  because: `${name} maps ${attribute}, which the schema declares immutable: the first sign-in writes it, each later one fails.`,
  remedy: `Make ${attribute} mutable in the pool's schema, or take it out of the mapping.`,
}))

export const notInSchema = refusal('invalid_request', (attribute: string, { name }: Named) => ({
  told: `Invalid user attributes: ${attribute}: Attribute does not exist in the schema.\n `,
  because: `${name} maps ${attribute}, which the pool's schema does not have.`,
  remedy: 'Add the attribute to the schema, or take it out of the mapping.',
}))

export const tooLong = refusal(
  'invalid_request',
  (attribute: string, claim: string, length: number, limit: number) => ({
    told: `Invalid user attributes: ${attribute}: String length must be at most ${limit} characters.\n `,
    because: `The claim "${claim}" is ${length} characters long; ${attribute} holds ${limit}.`,
    remedy: 'Raise MaxLength of the attribute (2048 is the most), or map another claim.',
  }),
)

export const fourByteCharacter = refusal('invalid_request', (attribute: string, claim: string) => ({
  told: `Invalid user attributes: ${attribute}: Invalid characters.\n `,
  because: `The claim "${claim}" has a character that takes four bytes in UTF-8, such as an emoji; Cognito refuses those.`,
  remedy: 'Have the provider send a value without it, or map another claim.',
}))

export const alreadyExists = refusal('invalid_request', (username: string, pool: UserPool) => ({
  told: `Already found an entry for username ${username}`,
  because: `${pool.name} has a user ${username} that this identity does not lead to.`,
  remedy: 'Delete that user, or link the identity to it.',
}))

export const userDisabled = refusal('invalid_request', (username: string) => ({
  told: 'User is disabled.',
  because: `${username} is disabled.`,
  remedy: 'Enable the user.',
}))
