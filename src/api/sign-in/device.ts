import type { Stored } from '../../core/ports/store.js'
import type { Service } from '../../flows/service.js'
import type { ChallengeSession } from '../../flows/sign-in/challenge-session.js'
import type { PendingDevice, PendingDeviceProof } from '../../flows/sign-in/challenges/challenge.js'
import { answerDevice, answerDeviceProof } from '../../flows/sign-in/challenges/device.js'
import type { Asked, OngoingSignIn, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import { type Parameters, parameter } from './client.js'
import { proofClaim } from './srp.js'

/** The answer to `DEVICE_SRP_AUTH` (user-pools-api.md §3.15). */
export const device = (
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingDevice>>,
  responses: Parameters,
): Promise<Asked> =>
  answerDevice(service, signIn, session, {
    deviceKey: parameter(responses, 'DEVICE_KEY'),
    A: parameter(responses, 'SRP_A'),
  })

/** The answer to `DEVICE_PASSWORD_VERIFIER`. */
export const deviceProof = (
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingDeviceProof>>,
  responses: Parameters,
): Promise<SignInResult> =>
  answerDeviceProof(service, signIn, session, {
    deviceKey: parameter(responses, 'DEVICE_KEY'),
    ...proofClaim(responses),
  })
