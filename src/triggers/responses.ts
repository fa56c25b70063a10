import type { TriggerName, TriggerResponse } from '../core/ports/triggers.js'

/**
 * What each trigger may answer: a member's value before the function fills it in, and which others are usable
 * (docs/facts/user-pools-api.md §5.3).
 */
export const responses: {
  readonly [N in TriggerName]: {
    readonly [M in keyof Required<TriggerResponse<N>>]: Member
  }
} = {
  PreSignUp: { autoConfirmUser: flag(false), autoVerifyEmail: flag(false), autoVerifyPhone: flag(false) },
  PostConfirmation: {},
  PreAuthentication: {},
  PostAuthentication: {},
  PreTokenGeneration: { claimsOverrideDetails: { preset: null, isUsable: isClaimsOverride } },
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
  return { preset: null, isUsable: isText }
}

function flag(preset: null | false = null): Member {
  return { preset, isUsable: value => typeof value === 'boolean' }
}

function texts(): Member {
  return { preset: null, isUsable: isTexts }
}

function isClaimsOverride(value: unknown): boolean {
  if (!isObject(value)) return false
  const { claimsToAddOrOverride: added, claimsToSuppress: suppressed, groupOverrideDetails: groups } = value
  return orAbsent(added, isTexts) && orAbsent(suppressed, isList) && orAbsent(groups, isGroups)
}

const isGroups = (value: unknown): boolean =>
  isObject(value) &&
  orAbsent(value.groupsToOverride, isList) &&
  orAbsent(value.iamRolesToOverride, isList) &&
  orAbsent(value.preferredRole, isText)

/** Whether a value is not there, or as it should be. */
const orAbsent = (value: unknown, isUsable: (value: unknown) => boolean): boolean =>
  value === undefined || value === null || isUsable(value)

function isText(value: unknown): boolean {
  return typeof value === 'string'
}

const isList = (value: unknown): boolean => Array.isArray(value) && value.every(isText)

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText)
}

/** The response as an event has it on the way in. */
export const presetOf = <N extends TriggerName>(name: N): TriggerResponse<N> =>
  Object.fromEntries(
    Object.entries<Member>(responses[name]).map(([member, { preset }]) => [member, preset]),
  ) as TriggerResponse<N>

/**
 * The response in what a function gave back: the whole event, as it was given. What is no object is `none`; where an
 * object is not usable, `wrong` is told why.
 */
export function responseIn<N extends TriggerName>(
  name: N,
  answer: unknown,
): { readonly response: TriggerResponse<N> } | { readonly wrong: string } | { readonly none: true } {
  if (!isObject(answer)) return { none: true }
  const { response } = answer
  if (!isObject(response)) return { wrong: 'What it returned has no "response".' }
  for (const [member, { isUsable }] of Object.entries<Member>(responses[name])) {
    const value = response[member]
    if (!orAbsent(value, isUsable))
      return { wrong: `"response.${member}" is of another type than that member is.` }
  }
  return { response: response as TriggerResponse<N> }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
