import type { AppClient } from '../../core/app-client.js'
import type { UserPool } from '../../core/user-pool.js'
import { masked } from '../../flows/account/verification-codes.js'
import { tokensForSignIn } from '../../flows/sign-in/api-tokens.js'
import type { Challenge } from '../../flows/sign-in/challenges/challenge.js'
import type { Asked, SignInResult } from '../../flows/sign-in/sign-in-result.js'
import type { Scope } from '../scope.js'

/** What a sign-in is answered with: tokens, or the next challenge (docs/facts/user-pools-api.md §3.2). */
export async function answerTo(
  { service, sender }: Scope,
  pool: UserPool,
  client: AppClient,
  result: SignInResult,
): Promise<object> {
  if (!result.done) return challengeType(result)
  return {
    ChallengeParameters: {},
    AuthenticationResult: await tokensForSignIn(service, pool, client, result, sender),
  }
}

const challengeType = ({ session, whose: { username }, challenge }: Asked): object => ({
  ChallengeName: challenge.name,
  ...('available' in challenge && { AvailableChallenges: challenge.available }),
  ...(session !== undefined && { Session: session }),
  ChallengeParameters: parametersFor(username, challenge),
})

/** What goes with a challenge; most name the user, for SRP. */
function parametersFor(username: string, challenge: Challenge): Record<string, string> {
  switch (challenge.name) {
    case 'CUSTOM_CHALLENGE':
      return { ...challenge.parameters, USERNAME: username }
    case 'PASSWORD_VERIFIER':
      return { ...challenge.parameters, USERNAME: username, USER_ID_FOR_SRP: username }
    case 'DEVICE_PASSWORD_VERIFIER':
      return { DEVICE_KEY: challenge.deviceKey, USERNAME: username, ...challenge.parameters }
    default:
      return { USER_ID_FOR_SRP: username, ...parametersOf(challenge) }
  }
}

/** The parameters of each challenge (§3.8): texts, also where they carry more than that. A challenge may bring its own. */
function parametersOf(challenge: Challenge): Record<string, string> {
  switch (challenge.name) {
    case 'NEW_PASSWORD_REQUIRED':
      return {
        requiredAttributes: JSON.stringify(challenge.missingAttributes.map(name => `userAttributes.${name}`)),
        userAttributes: JSON.stringify(challenge.attributes),
      }
    case 'SMS_MFA':
    case 'EMAIL_OTP':
    case 'SMS_OTP':
      return {
        CODE_DELIVERY_DELIVERY_MEDIUM: challenge.delivery.medium,
        CODE_DELIVERY_DESTINATION: masked(challenge.delivery),
      }
    case 'SOFTWARE_TOKEN_MFA': {
      const { friendlyDeviceName } = challenge
      return friendlyDeviceName === undefined ? {} : { FRIENDLY_DEVICE_NAME: friendlyDeviceName }
    }
    case 'SELECT_MFA_TYPE':
      return { MFAS_CAN_CHOOSE: JSON.stringify(challenge.choices) }
    case 'MFA_SETUP':
      return { MFAS_CAN_SETUP: JSON.stringify(challenge.choices) }
    case 'WEB_AUTHN':
      return { CREDENTIAL_REQUEST_OPTIONS: JSON.stringify(challenge.options) }
    default:
      return 'parameters' in challenge ? { ...challenge.parameters } : {}
  }
}
