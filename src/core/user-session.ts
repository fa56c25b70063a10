import type { AppClient } from './app-client.js'
import { type Chance, randomText } from './ports/chance.js'
import type { UserPool } from './user-pool.js'

/**
 * The sessions of users that a pool tracks (docs/facts/additions-2026.md §2): a token session is a grant with its refresh tokens, an SSO
 * session is a browser that signed in at the hosted pages. Both are kept inside of what they are sessions of.
 */

/** How a pool tracks sessions, as it was set last. */
export interface SessionTracking {
  readonly isOn: boolean
  /** Token sessions that one user may have, over all clients. */
  readonly maxPerUser: number
  /** How often tracking was switched on: what was tracked in a former era is dropped. */
  readonly era: number
}

/** The sender of a request, as the lists of sessions show it. */
export interface Sender {
  /** The network address. */
  readonly address: string
  readonly userAgent?: string | undefined
}

/** What is kept of a session, be it of tokens or of a browser. */
export interface TrackedSession {
  /** `tkn…` or `sso…`. */
  readonly id: string
  /** The pool's, when the session began. */
  readonly era: number
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  readonly lastActiveAt: number
  /** The sender of the last request of the session. */
  readonly sender: Sender
}

/** A token session. It ends with its last refresh token. */
export interface TokenSession extends TrackedSession {
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** An SSO session. */
export interface SsoSession extends TrackedSession {
  /** The client through which the browser signed in. */
  readonly clientId: string
}

/** What `GetUserPoolSessionConfiguration` says of a pool for which nothing was set (fact N38). */
export const untracked: SessionTracking = { isOn: false, maxPerUser: 20, era: 0 }

/** What the pool's tracking becomes. Each time that it is switched on, an era begins: the sessions of the former one are dropped. */
export const changedTracking = (
  before: SessionTracking = untracked,
  { isOn, maxPerUser }: Pick<SessionTracking, 'isOn' | 'maxPerUser'>,
): SessionTracking => ({ isOn, maxPerUser, era: isOn && !before.isOn ? before.era + 1 : before.era })

/** How the pool tracks sessions; undefined where it does not. */
export const trackingOf = ({ sessions }: Pick<UserPool, 'sessions'>): SessionTracking | undefined =>
  sessions?.isOn ? sessions : undefined

/** Minutes for which a client takes a browser's sign-in for its own, unless it says otherwise. */
const defaultSsoMinutes = 60

/** Minutes after the last sign-in for which a browser gets into this client without another (fact N47). */
export const ssoMinutesOf = ({ ssoMinutes = defaultSsoMinutes }: Pick<AppClient, 'ssoMinutes'>): number =>
  ssoMinutes

/** SSO sessions that one user may have: with the most token sessions they fit on one page of 125 (docs/facts/additions-2026.md §2.3). */
export const mostSsoSessions = 25

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A session that begins now. */
export const newSession = (
  chance: Chance,
  kind: 'tkn' | 'sso',
  era: number,
  { now, sender }: { readonly now: number; readonly sender: Sender },
): TrackedSession => ({
  id: kind + randomText(chance, 25, alphabet),
  era,
  createdAt: now,
  lastActiveAt: now,
  sender: kept(sender),
})

/** A session in which somebody was seen just now. */
export const seen = <S extends TrackedSession>(session: S, now: number, sender: Sender): S => ({
  ...session,
  lastActiveAt: now,
  sender: kept(sender),
})

/** A user agent is kept as far as the name of a device reaches in the lists. */
const kept = ({ address, userAgent }: Sender): Sender => ({
  address: address.slice(0, 128),
  ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, 512) }),
})

/** The sessions that have to go for another to begin: the least recently used (fact N43). */
export const toEvict = <S>(
  sessions: readonly S[],
  most: number,
  lastActiveAt: (session: S) => number,
): readonly S[] =>
  sessions
    .toSorted((one, other) => lastActiveAt(one) - lastActiveAt(other))
    .slice(0, Math.max(0, sessions.length - most + 1))
