import type { UserAttributes } from '../user.js'
import type { UserPool } from '../user-pool.js'

/**
 * Lambda triggers: functions of the pool's owner that are asked on the way, and may refuse or change what happens
 * (docs/facts/user-pools-api.md §5). Who calls one knows its name, source and request; where the function runs is the
 * port's matter.
 */
export interface Triggers {
  /** Whether a pool has the trigger, for callers that would have to read records for its event. */
  has(name: TriggerName, pool: UserPool): boolean
  /**
   * Calls a trigger, if the pool has it.
   * @returns what the function answered; undefined where the pool has no such trigger
   * @throws Refusal when the function threw, answered nothing usable, took too long, or cannot be called at all (§5.4)
   */
  call<N extends TriggerName>(
    name: N,
    pool: UserPool,
    call: TriggerCall<N>,
  ): Promise<TriggerResponse<N> | undefined>
  /**
   * Calls a trigger for a person who writes it: nothing comes of the answer.
   * @param given what the event has in the place of what the call says; of its request, member by member
   * @returns what happened, a failure included; undefined where the pool has no such trigger
   * @throws Refusal when there is no function to call
   */
  invoke<N extends TriggerName>(
    name: N,
    pool: UserPool,
    call: TriggerCall<N>,
    given?: GivenEvent,
  ): Promise<TriggerReport | undefined>
}

/** What a person wants an event to be. */
export type GivenEvent = Readonly<Record<string, unknown>> & {
  readonly request?: Readonly<Record<string, unknown>>
}

/** One call of a trigger, for the person who watches. */
export interface TriggerReport {
  readonly trigger: TriggerName
  readonly source: string
  readonly function: string
  readonly event: TriggerEvent
  readonly milliseconds: number
  readonly attempts: number
  /** What the function wrote to its console, by lines. */
  readonly console: readonly string[]
  /** The response, as far as it counts. */
  readonly answer?: unknown
  /** Members of the response that differ from those that the function was given. */
  readonly changed?: Readonly<Record<string, unknown>>
  /** Members of the response that mean nothing here. */
  readonly ignored?: readonly string[]
  /** The client's error if the call fails. */
  readonly failure?: string
}

/** One call of a trigger: what is different about its event. */
export interface TriggerCall<N extends TriggerName> {
  readonly source: TriggerTypes[N]['source']
  /** The username, or what was typed where there is no such user. */
  readonly userName: string
  /** The client's id; absent where an administrator acts without one. */
  readonly clientId?: string
  readonly request: TriggerTypes[N]['request']
}

/** What a trigger is given, and has to give back with its response filled in (§5.1). */
export interface TriggerEvent<N extends TriggerName = TriggerName> {
  version: string
  triggerSource: TriggerTypes[N]['source']
  region: string
  userPoolId: string
  userName: string
  callerContext: { awsSdkVersion: string; clientId: string }
  request: TriggerTypes[N]['request']
  response: TriggerTypes[N]['response']
}

/** The triggers that are called. */
export type TriggerName = keyof TriggerTypes
export type TriggerRequest<N extends TriggerName> = TriggerTypes[N]['request']
export type TriggerResponse<N extends TriggerName> = Readonly<TriggerTypes[N]['response']>

/** Texts by name. */
type Texts = Readonly<Record<string, string>>

/** Of whom an event is, and what the app sent along for triggers. */
interface AboutUser {
  readonly userAttributes: UserAttributes
  readonly clientMetadata?: Texts
}

/** An event about a user who may not exist. The flag is present if the client hides which users exist (§3.12). */
interface OfSomebody extends AboutUser {
  readonly userNotFound?: boolean
}

/** A challenge that was answered in a custom sign-in. */
export interface ChallengeResult {
  readonly challengeName: string
  readonly challengeResult: boolean
  readonly challengeMetadata: string | null
}

/** The groups of a user, and the roles that they bring. */
interface GroupConfiguration {
  readonly groupsToOverride: readonly string[] | null
  readonly iamRolesToOverride: readonly string[] | null
  readonly preferredRole: string | null
}

/** Claims of one token. Their values may be of any type that JSON has. */
interface ClaimsOverride {
  readonly claimsToAddOrOverride?: Readonly<Record<string, unknown>> | null
  readonly claimsToSuppress?: readonly string[] | null
}

interface ClaimsAndScopeOverride extends ClaimsOverride {
  readonly scopesToAdd?: readonly string[] | null
  readonly scopesToSuppress?: readonly string[] | null
}

/** What a message is for, as sources of its triggers name it. */
export type MessageOccasion =
  | 'SignUp'
  | 'ResendCode'
  | 'AdminCreateUser'
  | 'ForgotPassword'
  | 'UpdateUserAttribute'
  | 'VerifyUserAttribute'
  | 'Authentication'

interface SenderRequest<T> extends AboutUser {
  readonly type: T
  /** The code, as the AWS Encryption SDK encrypts it; in base64. */
  readonly code: string
}

/** Sources, requests and responses (§5.2, §5.3). */
export interface TriggerTypes {
  PreSignUp: {
    source: 'PreSignUp_SignUp' | 'PreSignUp_AdminCreateUser' | 'PreSignUp_ExternalProvider'
    request: AboutUser & { readonly validationData: Texts | null }
    response: {
      autoConfirmUser?: boolean | null
      autoVerifyEmail?: boolean | null
      autoVerifyPhone?: boolean | null
    }
  }
  PostConfirmation: {
    source: 'PostConfirmation_ConfirmSignUp' | 'PostConfirmation_ConfirmForgotPassword'
    request: AboutUser
    response: Record<never, never>
  }
  PreAuthentication: {
    source: 'PreAuthentication_Authentication'
    request: Omit<OfSomebody, 'clientMetadata'> & { readonly validationData: Texts | null }
    response: Record<never, never>
  }
  PostAuthentication: {
    source: 'PostAuthentication_Authentication'
    request: AboutUser & { readonly newDeviceUsed: boolean }
    response: Record<never, never>
  }
  PreTokenGeneration: {
    source:
      | 'TokenGeneration_Authentication'
      | 'TokenGeneration_NewPasswordChallenge'
      | 'TokenGeneration_AuthenticateDevice'
      | 'TokenGeneration_RefreshTokens'
      | 'TokenGeneration_HostedAuth'
      | 'TokenGeneration_ClientCredentials'
    request: AboutUser & {
      /** Null of a client that acts for itself. */
      readonly groupConfiguration: GroupConfiguration | null
      /** What the access token would have. Events of `V1_0` are without. */
      readonly scopes?: readonly string[]
    }
    response: {
      /** The answer of `V1_0`. */
      claimsOverrideDetails?: {
        claimsToAddOrOverride?: Texts | null
        claimsToSuppress?: readonly string[] | null
        groupOverrideDetails?: Partial<GroupConfiguration> | null
      } | null
      /** The answer of `V2_0` and `V3_0`. */
      claimsAndScopeOverrideDetails?: {
        idTokenGeneration?: ClaimsOverride | null
        accessTokenGeneration?: ClaimsAndScopeOverride | null
        groupOverrideDetails?: Partial<GroupConfiguration> | null
      } | null
    }
  }
  DefineAuthChallenge: {
    source: 'DefineAuthChallenge_Authentication'
    request: OfSomebody & { readonly session: readonly ChallengeResult[] }
    response: {
      challengeName?: string | null
      issueTokens?: boolean | null
      failAuthentication?: boolean | null
    }
  }
  CreateAuthChallenge: {
    source: 'CreateAuthChallenge_Authentication'
    request: OfSomebody & { readonly challengeName: string; readonly session: readonly ChallengeResult[] }
    response: {
      publicChallengeParameters?: Texts | null
      privateChallengeParameters?: Texts | null
      challengeMetadata?: string | null
    }
  }
  CustomMessage: {
    source: `CustomMessage_${MessageOccasion}`
    request: AboutUser & {
      /** What stands for the code, the link and the username in the texts. */
      readonly codeParameter: string
      readonly linkParameter: string
      readonly usernameParameter: string | null
    }
    response: { smsMessage?: string | null; emailMessage?: string | null; emailSubject?: string | null }
  }
  CustomEmailSender: {
    source: `CustomEmailSender_${MessageOccasion | 'AccountTakeOverNotification'}`
    /** A notice of a sign-in at risk has no code, and its attributes are those of the notice. */
    request: Omit<SenderRequest<'customEmailSenderRequestV1'>, 'code'> & { readonly code: string | null }
    response: Record<never, never>
  }
  CustomSMSSender: {
    source: `CustomSMSSender_${MessageOccasion}`
    request: SenderRequest<'customSMSSenderRequestV1'>
    response: Record<never, never>
  }
  UserMigration: {
    source: 'UserMigration_Authentication' | 'UserMigration_ForgotPassword'
    request: {
      readonly userAttributes?: never
      /** What the user typed; absent where the password is forgotten. */
      readonly password?: string
      readonly validationData: Texts | null
      readonly clientMetadata?: Texts
    }
    response: {
      userAttributes?: Texts | null
      finalUserStatus?: string | null
      messageAction?: string | null
      desiredDeliveryMediums?: readonly string[] | null
      forceAliasCreation?: boolean | null
      enableSMSMFA?: boolean | null
    }
  }
  InboundFederation: {
    source: 'InboundFederation_ExternalProvider'
    request: {
      readonly userAttributes?: never
      readonly providerName: string
      readonly providerType: string
      readonly attributes: Readonly<Record<string, Texts>>
    }
    response: { userAttributesToMap?: Texts | null }
  }
  VerifyAuthChallengeResponse: {
    source: 'VerifyAuthChallengeResponse_Authentication'
    request: OfSomebody & { readonly privateChallengeParameters: Texts; readonly challengeAnswer: string }
    response: { answerCorrect?: boolean | null }
  }
}
