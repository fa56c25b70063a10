import type { AppClient } from '../../core/app-client.js'
import { devices, refreshTokens } from '../../core/collections.js'
import { deviceRecordKey, tracksDevices } from '../../core/device.js'
import type { Grant, RefreshToken } from '../../core/grant.js'
import { replace, type Stored, type Write } from '../../core/ports/store.js'
import { ensure, type Refusal } from '../../core/refusal.js'
import type { User } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Sender } from '../../core/user-session.js'
import type { SignInRecords } from '../../tokens/token-service.js'
import { groupsOf, userBySub } from '../directory/directory.js'
import type { Service } from '../service.js'
import { keptRefreshToken, newRefreshToken, prolongGrant, storedGrant } from './grants.js'
import { nobody, noteUse, seenAgain } from './user-sessions.js'

/** A refresh as an app asks for it. The app has proved to be the client. */
export interface RefreshRequest {
  readonly pool: UserPool
  readonly client: AppClient
  /** The refresh token. */
  readonly token: string
  /** The device that the app says it runs on. */
  readonly deviceKey?: string | undefined
  /** The sender of the request, for the pool's track of sessions. */
  readonly sender?: Sender | undefined
}

/** The words in which a surface refuses to refresh: the API has others than the token endpoint. */
export interface RefreshRefusals {
  /** The pool keeps no such token: it was made up, expired, or was revoked. */
  unknown(token: string): Refusal
  /** The token was given to another client. */
  otherClient(client: AppClient): Refusal
  /** The sign-in that the token came of was revoked. */
  revoked(): Refusal
  /** The sign-in was made on a device, and the request does not name that device. */
  otherDevice(deviceKey: string): Refusal
  /** The device that the sign-in was made on was never confirmed, or is forgotten (fact N6). */
  deviceUnconfirmed(deviceKey: string): Refusal
  userDeleted(sub: string, pool: UserPool): Refusal
  userDisabled(user: User): Refusal
  /** Another token has replaced this one, and the grace period of `seconds` is over. */
  replaced(seconds: number): Refusal
}

/** A sign-in that a refresh token goes on with: all its records, each read once. */
export interface RefreshableSignIn extends SignInRecords {
  readonly storedGrant: Stored<Grant>
  readonly storedToken: Stored<RefreshToken>
}

/**
 * Finds the sign-in that a refresh token goes on with, and refuses a token that is not good for new tokens.
 * @throws Refusal in the words given
 */
export async function refreshableSignIn(
  service: Service,
  { pool, client, token, deviceKey }: RefreshRequest,
  refusals: RefreshRefusals,
): Promise<RefreshableSignIn> {
  const stored = await keptRefreshToken(service, token)
  ensure(stored, () => refusals.unknown(token))
  ensure(stored.record.clientId === client.id, () => refusals.otherClient(client))
  const grant = await storedGrant(service, stored.record.grantId)
  ensure(grant, refusals.revoked)
  service.recorder.join(`grant:${grant.key}`)
  const { deviceKey: needed } = grant.record
  // Where the pool tracks devices, a sign-in stays on the device it was made on (docs/facts/user-pools-api.md §3.11).
  if (needed !== undefined && tracksDevices(pool)) {
    ensure(needed === deviceKey, () => refusals.otherDevice(needed))
    const device = (await service.store.get(devices, deviceRecordKey(pool, needed)))?.record
    ensure(device?.secret, () => refusals.deviceUnconfirmed(needed))
  }
  const user = (await userBySub(service, pool, grant.record.sub))?.record
  ensure(user, () => refusals.userDeleted(grant.record.sub, pool))
  ensure(user.enabled, () => refusals.userDisabled(user))
  const seconds = graceSeconds(client)
  ensure(!isOver(stored.record, seconds, service.clock.now()), () => refusals.replaced(seconds))
  const person = { user, groups: await groupsOf(service, pool, user.sub) }
  return { pool, client, person, grant: grant.record, storedGrant: grant, storedToken: stored }
}

/**
 * Refreshes by the client's rules: with rotation on, a new refresh token takes the place of the one sent, which goes on
 * working for its grace period (fact O56). The new one ends when the first one would have ended
 * (docs/facts/oauth-and-federation.md §4.2).
 * @param approve refuses what the surface refuses besides, before anything is written
 */
export async function refreshSignIn(
  service: Service,
  request: RefreshRequest,
  refusals: RefreshRefusals,
  approve: (signIn: SignInRecords) => void = () => {},
): Promise<{ signIn: SignInRecords; refreshToken?: string }> {
  for (;;) {
    const signIn = await refreshableSignIn(service, request, refusals)
    approve(signIn)
    const { pool, client, sender = nobody } = request
    if (client.settings.RefreshTokenRotation?.Feature !== 'ENABLED') {
      await noteUse(service, pool, signIn.storedGrant, sender)
      return { signIn }
    }
    const { grant, writes } = await seenAgain(service, pool, signIn.grant, sender)
    const { expiresAt } = signIn.storedToken.record
    const { refreshToken, write } = newRefreshToken(service, signIn.grant, expiresAt)
    const rotated = await service.store.commit(
      ...markReplaced(signIn.storedToken, service.clock.now()),
      write,
      prolongGrant(signIn.storedGrant, client, expiresAt, grant),
      ...writes,
    )
    if (rotated) return { signIn, refreshToken }
    // Another refresh of the same sign-in came in between. Whether this one may still happen, the records say.
  }
}

/** Marks a token as replaced; it stays marked with the first time, from which its grace period counts. */
const markReplaced = (token: Stored<RefreshToken>, now: number): Write[] =>
  token.record.replacedAt === undefined
    ? [replace(refreshTokens, token, { ...token.record, replacedAt: now })]
    : []

const graceSeconds = ({ settings }: AppClient): number =>
  settings.RefreshTokenRotation?.RetryGracePeriodSeconds ?? 0

const isOver = ({ replacedAt }: RefreshToken, grace: number, now: number): boolean =>
  replacedAt !== undefined && now >= replacedAt + grace * 1000
