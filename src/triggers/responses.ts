import type { TriggerName, TriggerResponse } from '../core/ports/triggers.js'

/** The version of a trigger's events. Only those of PreTokenGeneration have another than the first. */
export type EventVersion = 'V1_0' | 'V2_0' | 'V3_0'

interface Member {
  readonly preset: null | false | Readonly<Record<never, never>>
  readonly isUsable: (value: unknown) => boolean
}

/**
 * What each trigger may answer: a member's value before the function fills it in, and which others are usable
 * (docs/facts/user-pools-api.md §5.3, docs/facts/triggers.md §5).
 */
const responses: {
  readonly [N in TriggerName]: { readonly [M in keyof Required<TriggerResponse<N>>]?: Member }
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
  CustomMessage: { smsMessage: text(), emailMessage: text(), emailSubject: text() },
  CustomEmailSender: {},
  CustomSMSSender: {},
  UserMigration: {
    userAttributes: texts(),
    finalUserStatus: text(),
    messageAction: text(),
    desiredDeliveryMediums: { preset: null, isUsable: isList },
    forceAliasCreation: flag(),
    enableSMSMFA: flag(),
  },
  InboundFederation: { userAttributesToMap: { preset: {}, isUsable: isTexts } },
}

/** PreTokenGeneration from `V2_0` on. */
const laterTokenResponse: Readonly<Record<string, Member>> = {
  claimsAndScopeOverrideDetails: { preset: null, isUsable: isClaimsAndScopeOverride },
}

/** Triggers whose answer nobody reads: a function may return nothing (docs/facts/triggers.md §7). */
const unread: ReadonlySet<TriggerName> = new Set(['CustomEmailSender', 'CustomSMSSender'])

/** The names of all triggers that are called. */
export const triggerNames = Object.keys(responses) as readonly TriggerName[]

const membersOf = (name: TriggerName, version: EventVersion): Readonly<Record<string, Member>> =>
  name === 'PreTokenGeneration' && version !== 'V1_0' ? laterTokenResponse : responses[name]

/** The response as an event has it on the way in. */
export const presetOf = <N extends TriggerName>(name: N, version: EventVersion): TriggerResponse<N> =>
  Object.fromEntries(
    Object.entries(membersOf(name, version)).map(([member, { preset }]) => [member, preset]),
  ) as TriggerResponse<N>

/** An answer, taken apart. */
export type ReadAnswer<N extends TriggerName> =
  /** `ignored`: members that mean nothing in an answer of this trigger and version. */
  | { readonly response: TriggerResponse<N>; readonly ignored: readonly string[] }
  /** It is an object that is not usable, and why. */
  | { readonly wrong: string }
  /** It is no object. */
  | { readonly none: true }

/** The response in what a function gave back: the whole event, as it was given. */
export function responseIn<N extends TriggerName>(
  name: N,
  version: EventVersion,
  answer: unknown,
): ReadAnswer<N> {
  if (unread.has(name)) return { response: {} as TriggerResponse<N>, ignored: [] }
  if (!isObject(answer)) return { none: true }
  const { response } = answer
  if (!isObject(response)) return { wrong: 'What it returned has no "response".' }
  const members = membersOf(name, version)
  for (const [member, { isUsable }] of Object.entries(members)) {
    if (!orAbsent(response[member], isUsable))
      return { wrong: `"response.${member}" is of another type than that member is.` }
  }
  const given = Object.entries(response).filter(([, value]) => value !== undefined && value !== null)
  return {
    response: Object.fromEntries(
      Object.entries(response).filter(([member]) => Object.hasOwn(members, member)),
    ) as TriggerResponse<N>,
    ignored: given.map(([member]) => member).filter(member => !Object.hasOwn(members, member)),
  }
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

function isClaimsAndScopeOverride(value: unknown): boolean {
  if (!isObject(value)) return false
  const { idTokenGeneration, accessTokenGeneration, groupOverrideDetails } = value
  return (
    orAbsent(idTokenGeneration, isTokenOverride) &&
    orAbsent(accessTokenGeneration, isTokenOverride) &&
    orAbsent(groupOverrideDetails, isGroups)
  )
}

const isTokenOverride = (value: unknown): boolean =>
  isObject(value) &&
  orAbsent(value.claimsToAddOrOverride, isObject) &&
  orAbsent(value.claimsToSuppress, isList) &&
  orAbsent(value.scopesToAdd, isList) &&
  orAbsent(value.scopesToSuppress, isList)

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

function isList(value: unknown): boolean {
  return Array.isArray(value) && value.every(isText)
}

function isTexts(value: unknown): boolean {
  return isObject(value) && Object.values(value).every(isText)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
