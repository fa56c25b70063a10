import { refusal } from '../core/refusal.js'
import type { UpstreamClaims, UpstreamProvider, UpstreamUser } from '../core/upstream-provider.js'

/** The users of the built-in providers. */

const person = (username: string, name: [given: string, family: string], groups: string[]): UpstreamUser => ({
  username,
  claims: {
    sub: `${username}@example.com`,
    email: `${username}@example.com`,
    email_verified: true,
    name: name.join(' '),
    given_name: name[0],
    family_name: name[1],
    groups,
  },
})

/** The users of a provider that has none of its own. */
const madeUp: readonly UpstreamUser[] = [
  person('ann', ['Ann', 'Li'], ['admins', 'R&D, west']),
  person('omar', ['Omar', 'Haddad'], ['divers']),
]

/** Who may sign in at a provider. */
export const usersOf = ({ users }: UpstreamProvider): readonly UpstreamUser[] =>
  users.length === 0 ? madeUp : users

/**
 * The user that a form names: one of the provider's, or anybody who was typed; with the claims that the form gives in the place of
 * the provider's.
 * @throws Refusal where the claims are no JSON object
 */
export function chosenUser(
  provider: UpstreamProvider,
  { username = 'ann', claims }: Readonly<Record<string, string | undefined>>,
): UpstreamUser {
  const known = usersOf(provider).find(user => user.username === username)
  const changed = claims === undefined ? {} : claimsIn(claims)
  const email = username.includes('@') ? { email: username } : {}
  return { username, claims: { sub: username, ...email, ...known?.claims, ...changed } }
}

function claimsIn(text: string): UpstreamClaims {
  try {
    const given: unknown = JSON.parse(text)
    if (typeof given === 'object' && given !== null && !Array.isArray(given))
      return Object.fromEntries(
        Object.entries(given).flatMap(([name, value]) => (isClaim(value) ? [[name, value]] : [])),
      )
  } catch {
    // Refused below.
  }
  throw claimsUnreadable()
}

const isClaim = (value: unknown): value is UpstreamClaims[string] =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every(one => typeof one === 'string'))

const claimsUnreadable = refusal('invalid_request', () => ({
  told: 'The claims cannot be read.',
  because: 'What was typed as claims is not a JSON object.',
  remedy: 'Go back, and write claims like { "email": "ann@example.com", "groups": ["admins"] }.',
}))
