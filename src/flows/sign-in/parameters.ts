import { ensure, refusal } from '../../core/refusal.js'

/** `AuthParameters` of a sign-in that begins, or `ChallengeResponses` of one that goes on. */
export type Parameters = Readonly<Record<string, string>>

/** A parameter that has to be there. */
export function requiredParameter(parameters: Parameters | undefined, name: string): string {
  const value = parameters?.[name]
  ensure(value, () => parameterMissing(name))
  return value
}

export const parameterMissing = refusal('InvalidParameterException', (name: string) => ({
  told: `Missing required parameter ${name}`,
  because: `The request has no ${name}, or an empty one.`,
  remedy:
    name === 'Session'
      ? 'Send the Session of the last answer along.'
      : `Send ${name} in AuthParameters (InitiateAuth) or ChallengeResponses (RespondToAuthChallenge).`,
}))
