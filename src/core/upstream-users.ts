import type { UpstreamProvider, UpstreamUser } from './upstream-provider.js'

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

/** The users that a provider has from the seed, or made up. */
export const usersOf = ({ users }: Pick<UpstreamProvider, 'users'>): readonly UpstreamUser[] =>
  users.length === 0 ? madeUp : users
