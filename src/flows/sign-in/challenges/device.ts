import type { ChallengeSession, PendingDevice, PendingDeviceProof } from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import { challengesDevices } from '../../../core/device.js'
import type { Stored } from '../../../core/ports/store.js'
import { ensure, refusal } from '../../../core/refusal.js'
import { recordAuthEvent } from '../../history/auth-events.js'
import type { Service } from '../../service.js'
import { useUp } from '../challenge-session.js'
import { confirmedDeviceOf, shownDevice } from '../devices.js'
import { type Parameters, requiredParameter } from '../parameters.js'
import { type Asked, ask, type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { isProven, isRecent, newProof } from '../srp-proof.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { proofClaim } from './password-proof.js'

/** A remembered device, which proves itself in the place of a second factor (docs/facts/user-pools-api.md §3.2, §3.15). */

/** Asks the device that the sign-in shows for its proof; undefined where it is none that the pool trusts. */
export async function askForDevice(
  service: Service,
  signIn: OngoingSignIn,
  user: UserRecord,
): Promise<Asked | undefined> {
  const device = await shownDevice(service, signIn.pool, user, signIn.journey.deviceKey)
  if (!device?.isRemembered || !challengesDevices(signIn.pool)) return undefined
  const challenge = 'DEVICE_SRP_AUTH'
  return ask(service, signIn, user, {
    pending: { challenge, deviceKey: device.deviceKey },
    challenge: { name: challenge },
  })
}

/** The device's public number, and what its proof has to be made of. */
export async function answerDevice(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingDevice>>,
  answered: string,
  responses: Parameters,
): Promise<Asked> {
  const { pool } = signIn
  const A = requiredParameter(responses, 'SRP_A')
  const { deviceKey } = session.record.pending
  const { record: user } = await userOfSession(service, pool, session)
  ensure(answered === deviceKey, () => wrongDevice(user.username, deviceKey))
  const { secret } = (await confirmedDeviceOf(service, pool, user, deviceKey)).record
  ensure(secret, () => wrongDevice(user.username, deviceKey))
  const { pending: proof, parameters } = newProof(service, secret, A)
  const challenge = 'DEVICE_PASSWORD_VERIFIER'
  return ask(service, signIn, user, {
    pending: { challenge, deviceKey, proof },
    challenge: { name: challenge, deviceKey, parameters },
    writes: [useUp(session)],
  })
}

/** The device's proof. Whether right or wrong, it ends the session. */
export async function answerDeviceProof(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingDeviceProof>>,
  answered: string,
  responses: Parameters,
): Promise<SignInResult> {
  const { pool, client } = signIn
  const claim = proofClaim(responses)
  const { deviceKey, proof } = session.record.pending
  const user = await completeChallenge(service, pool, session)
  const { record: device } = await confirmedDeviceOf(service, pool, user, deviceKey)
  const isRight =
    answered === deviceKey &&
    // It may have ceased to be remembered meanwhile.
    device.isRemembered &&
    isProven(proof, { group: device.groupKey, name: deviceKey }, claim) &&
    isRecent(service, claim)
  if (!isRight) {
    await recordAuthEvent(service, pool, user, { type: 'SignIn', response: 'Fail', client })
    throw wrongDevice(user.username, deviceKey)
  }
  return signedIn(service, signIn, user)
}

const wrongDevice = refusal('NotAuthorizedException', (username: string, deviceKey: string) => ({
  told: 'Incorrect username or password.',
  because: `What was sent does not prove the device ${deviceKey}, which ${username} signs in on.`,
  remedy: 'Sign with the keys and the password of this very device, or sign in without DEVICE_KEY.',
}))
