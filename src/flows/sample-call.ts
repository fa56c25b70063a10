import type { Group } from '../core/group.js'
import type {
  MessageOccasion,
  TriggerCall,
  TriggerName,
  TriggerRequest,
  TriggerTypes,
} from '../core/ports/triggers.js'
import type { User } from '../core/user.js'
import type { UserPool } from '../core/user-pool.js'
import { type ThreatDetails, takeoverNotice } from '../courier/threat-letters.js'
import { codeForSender, placeholdersOf } from './messages.js'
import type { Service } from './service.js'
import { attributesInEvents, groupConfigurationOf } from './triggers.js'

/** Calls of triggers as they might come, for people who write the functions. */

const occasions: readonly MessageOccasion[] = [
  'SignUp',
  'ResendCode',
  'AdminCreateUser',
  'ForgotPassword',
  'UpdateUserAttribute',
  'VerifyUserAttribute',
  'Authentication',
]

/** The sources of each trigger, the usual one first. */
export const triggerSources: { readonly [N in TriggerName]: readonly TriggerTypes[N]['source'][] } = {
  PreSignUp: ['PreSignUp_SignUp', 'PreSignUp_AdminCreateUser', 'PreSignUp_ExternalProvider'],
  PostConfirmation: ['PostConfirmation_ConfirmSignUp', 'PostConfirmation_ConfirmForgotPassword'],
  PreAuthentication: ['PreAuthentication_Authentication'],
  PostAuthentication: ['PostAuthentication_Authentication'],
  PreTokenGeneration: [
    'TokenGeneration_Authentication',
    'TokenGeneration_HostedAuth',
    'TokenGeneration_NewPasswordChallenge',
    'TokenGeneration_AuthenticateDevice',
    'TokenGeneration_RefreshTokens',
    'TokenGeneration_ClientCredentials',
  ],
  DefineAuthChallenge: ['DefineAuthChallenge_Authentication'],
  CreateAuthChallenge: ['CreateAuthChallenge_Authentication'],
  VerifyAuthChallengeResponse: ['VerifyAuthChallengeResponse_Authentication'],
  CustomMessage: occasions.map(occasion => `CustomMessage_${occasion}` as const),
  CustomEmailSender: [
    ...occasions.map(occasion => `CustomEmailSender_${occasion}` as const),
    'CustomEmailSender_AccountTakeOverNotification',
  ],
  CustomSMSSender: occasions.map(occasion => `CustomSMSSender_${occasion}` as const),
  UserMigration: ['UserMigration_Authentication', 'UserMigration_ForgotPassword'],
  InboundFederation: ['InboundFederation_ExternalProvider'],
}

/** Whom a call is about, and on what occasion it comes. */
export interface SampleSubject {
  readonly source: string
  readonly user: User
  readonly groups: readonly Group[]
  /** Of the access token. */
  readonly scopes: readonly string[]
  /** Absent where an administrator acts without one. */
  readonly clientId?: string | undefined
}

/** Nobody in particular, for calls that name no user of the pool. */
export const sampleUser = (
  { chance, clock }: Pick<Service, 'chance' | 'clock'>,
  pool: UserPool,
  username = 'sample',
): User => ({
  poolId: pool.id,
  username,
  sub: chance.uuid(),
  status: 'CONFIRMED',
  enabled: true,
  attributes: { email: 'sample@example.com', email_verified: 'true' },
  identities: [],
  createdAt: clock.now(),
  modifiedAt: clock.now(),
})

/** What a code is in sample calls, and what a challenge is answered with. */
const sampleCode = '123456'

/** A call of a trigger, of a source that it has. */
export const sampleCall = <N extends TriggerName>(
  service: Pick<Service, 'chance'>,
  pool: UserPool,
  name: N,
  subject: SampleSubject,
): TriggerCall<N> => ({
  source: subject.source as TriggerCall<N>['source'],
  userName: userNames[subject.source]?.(subject.user) ?? subject.user.username,
  ...(subject.clientId === undefined ? {} : { clientId: subject.clientId }),
  request: requests[name]({ ...subject, service, pool }) as TriggerRequest<N>,
})

/** Names of events that are not those of a user of the pool. */
const userNames: Readonly<Record<string, (user: User) => string>> = {
  TokenGeneration_ClientCredentials: () => 'ClientCredentials',
  InboundFederation_ExternalProvider: ({ sub }) => `Sample_${sub}`,
  PreSignUp_ExternalProvider: ({ sub }) => `Sample_${sub}`,
}

interface About extends SampleSubject {
  readonly service: Pick<Service, 'chance'>
  readonly pool: UserPool
}

const stored = ({ pool, user }: About) => ({ userAttributes: attributesInEvents(pool, user) })

const occasionOf = ({ source }: About) => source.slice(source.indexOf('_') + 1) as MessageOccasion

const codeIn = (about: About): string =>
  codeForSender(about.service, about.pool, { occasion: occasionOf(about), secret: sampleCode })

const sampleThreat = ({ username }: User): ThreatDetails => ({
  username,
  'ip-address': '192.0.2.7',
  city: 'Lagos',
  country: 'Nigeria',
  'login-time': 'Wed, 25 Nov 2026 12:00:00 GMT',
  'device-name': 'Chrome 143, Linux',
  'event-id': 'sample-event',
  'feedback-token': 'sample-token',
  'one-click-link-valid': 'http://localhost/sample?value=Valid',
  'one-click-link-invalid': 'http://localhost/sample?value=Invalid',
})

const requests: { readonly [N in TriggerName]: (about: About) => TriggerRequest<N> } = {
  // What a user sends along does not say that it is verified.
  PreSignUp: ({ user, source }) => ({
    userAttributes: Object.fromEntries(
      Object.entries(user.attributes).filter(
        ([name]) => source !== 'PreSignUp_SignUp' || !name.endsWith('_verified'),
      ),
    ),
    validationData: null,
  }),
  PostConfirmation: stored,
  PreAuthentication: about => ({ ...stored(about), validationData: null }),
  PostAuthentication: about => ({ ...stored(about), newDeviceUsed: false }),
  PreTokenGeneration: about =>
    about.source === 'TokenGeneration_ClientCredentials'
      ? { userAttributes: {}, groupConfiguration: null, scopes: about.scopes }
      : { ...stored(about), groupConfiguration: groupConfigurationOf(about.groups), scopes: about.scopes },
  DefineAuthChallenge: about => ({ ...stored(about), session: [] }),
  CreateAuthChallenge: about => ({ ...stored(about), challengeName: 'CUSTOM_CHALLENGE', session: [] }),
  VerifyAuthChallengeResponse: about => ({
    ...stored(about),
    privateChallengeParameters: { answer: sampleCode },
    challengeAnswer: sampleCode,
  }),
  CustomMessage: about => ({ ...stored(about), ...placeholdersOf(occasionOf(about)) }),
  CustomEmailSender: about => ({
    type: 'customEmailSenderRequestV1',
    ...(about.source === 'CustomEmailSender_AccountTakeOverNotification'
      ? { code: null, userAttributes: takeoverNotice({ EventAction: 'BLOCK' }, sampleThreat(about.user)) }
      : { code: codeIn(about), ...stored(about) }),
  }),
  CustomSMSSender: about => ({ type: 'customSMSSenderRequestV1', code: codeIn(about), ...stored(about) }),
  UserMigration: ({ source }) => ({
    ...(source === 'UserMigration_ForgotPassword' ? {} : { password: 'Sample-1-Password!' }),
    validationData: null,
  }),
  InboundFederation: ({ user: { sub, attributes } }) => ({
    providerName: 'Sample',
    providerType: 'OIDC',
    attributes: {
      tokenResponse: { access_token: 'sample', token_type: 'Bearer', expires_in: '3600' },
      idToken: { sub, ...attributes },
      userInfo: { sub, ...attributes },
    },
  }),
}
