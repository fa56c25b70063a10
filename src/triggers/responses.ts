import type { TriggerName, TriggerResponse } from '../core/ports/triggers.js'

/** What each trigger may answer: a member's value before the function fills it in, and which others are usable (§5.3). */
export const responses: {
  readonly [N in TriggerName]: {
    readonly [M in keyof Required<TriggerResponse<N>>]: Member
  }
} = {
  PreSignUp: { autoConfirmUser: flag(false), autoVerifyEmail: flag(false), autoVerifyPhone: flag(false) },
  PostConfirmation: {},
  DefineAuthChallenge: { challengeName: text(), issueTokens: flag(), failAuthentication: flag() },
  CreateAuthChallenge: {
    publicChallengeParameters: texts(),
    privateChallengeParameters: texts(),
    challengeMetadata: text(),
  },
  VerifyAuthChallengeResponse: { answerCorrect: flag() },
}

interface Member {
  readonly preset: null | false
  readonly isUsable: (value: unknown) => boolean
}

function text(): Member {
  return { preset: null, isUsable: value => typeof value === 'string' }
}

function flag(preset: null | false = null): Member {
  return { preset, isUsable: value => typeof value === 'boolean' }
}

function texts(): Member {
  return {
    preset: null,
    isUsable: value => isObject(value) && Object.values(value).every(each => typeof each === 'string'),
  }
}

/** The response as an event has it on the way in. */
export const presetOf = <N extends TriggerName>(name: N): TriggerResponse<N> =>
  Object.fromEntries(
    Object.entries<Member>(responses[name]).map(([member, { preset }]) => [member, preset]),
  ) as TriggerResponse<N>

/**
 * The response in what a function gave back: the whole event, as it was given. Undefined where it is not usable; `wrong`
 * is told why.
 */
export function responseIn<N extends TriggerName>(
  name: N,
  answer: unknown,
): { readonly response: TriggerResponse<N> } | { readonly wrong: string } {
  if (!isObject(answer)) return { wrong: 'It did not return the event.' }
  const { response } = answer
  if (!isObject(response)) return { wrong: 'What it returned has no "response".' }
  for (const [member, { isUsable }] of Object.entries<Member>(responses[name])) {
    const value = response[member]
    if (value !== null && value !== undefined && !isUsable(value))
      return { wrong: `"response.${member}" is of another type than that member is.` }
  }
  return { response: response as TriggerResponse<N> }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
