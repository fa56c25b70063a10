import { refusal } from '../core/refusal.js'
import type { UpstreamClaims, UpstreamProvider, UpstreamUser } from '../core/upstream-provider.js'
import { usersOf } from '../core/upstream-users.js'
import { peopleAdded, peopleOf } from '../flows/federation/upstream-people.js'
import type { Service } from '../flows/service.js'

/** The user who signs in at a built-in provider: picked, typed, or set for sign-ins without a page. */

/** The user who is signed in without a page, if there is one. */
export async function signedInAtOnce(
  service: Service,
  provider: UpstreamProvider,
): Promise<UpstreamUser | undefined> {
  const [newest] = await peopleAdded(service, provider)
  if (newest !== undefined) return newest.withoutPage ? newest : undefined
  return usersOf(provider).find(({ username }) => username === provider.signsIn)
}

/** What the form of a page says: the name of a picked user, or a typed one. */
export type PickForm = Readonly<Record<string, string | undefined>>

/**
 * The user that a form names: one of the provider's, or any name that was typed. Claims of the form take the place of the
 * provider's.
 * @throws Refusal where nobody is named, or the claims are no JSON object
 */
export async function chosenUser(
  service: Service,
  provider: UpstreamProvider,
  { pick, username: typed, claims }: PickForm,
): Promise<UpstreamUser> {
  const username = pick ?? typed ?? ''
  if (username === '') throw nobodyNamed()
  const known = (await peopleOf(service, provider)).find(user => user.username === username)
  const changed = claims === undefined || claims.trim() === '' ? {} : claimsIn(claims)
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

const nobodyNamed = refusal('invalid_request', () => ({
  told: 'Nobody was named.',
  because: 'The form has neither a user who was picked nor a username.',
  remedy: 'Go back, and pick a user or type a username.',
}))

const claimsUnreadable = refusal('invalid_request', () => ({
  told: 'The claims cannot be read.',
  because: 'What was typed as claims is not a JSON object.',
  remedy: 'Go back, and write claims like { "email": "ann@example.com", "groups": ["admins"] }.',
}))
