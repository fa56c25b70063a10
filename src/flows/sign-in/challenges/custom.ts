import type {
  ChallengeSession,
  CustomSignIn,
  Pending,
  PendingCustom,
  PendingProof,
} from '../../../core/challenge-session.js'
import type { UserRecord } from '../../../core/collections.js'
import type { Stored } from '../../../core/ports/store.js'
import type {
  ChallengeResult,
  TriggerCall,
  TriggerName,
  TriggerRequest,
  TriggerResponse,
} from '../../../core/ports/triggers.js'
import { ensure, refusal } from '../../../core/refusal.js'
import type { UserPool } from '../../../core/user-pool.js'
import { recordAuthEvent } from '../../history/auth-events.js'
import type { Service } from '../../service.js'
import { attributesInEvents, callTrigger } from '../../triggers.js'
import { openSession, sessionUsed, useUp } from '../challenge-session.js'
import { shownDevice } from '../devices.js'
import { ensureMaySignIn } from '../may-sign-in.js'
import { withMethod } from '../methods.js'
import { protect } from '../protect.js'
import { ask, type OngoingSignIn, type SignInResult, signedIn } from '../sign-in-result.js'
import { simulatedUser } from '../simulated-user.js'
import { completeChallenge, userOfSession } from './complete-challenge.js'
import { askForPasswordProof } from './password-proof.js'
import { askForOwnFactor } from './second-factor.js'

/**
 * `CUSTOM_AUTH`: the pool's triggers decide what is asked, whether an answer is right, and when it is enough
 * (docs/facts/user-pools-api.md §3.10). Only after a password that was proven on the way, Cognito asks by itself for the second
 * factor that the user has, or for the proof of a remembered device (docs/facts/triggers.md §5.3).
 */

/** The user who signs in. If the client hides which users exist, it may be a name that no user has. */
export interface Claimant {
  readonly username: string
  readonly user?: UserRecord
}

/**
 * Begins a custom sign-in.
 * @param srpA the client's public number, if it proves a password on the way
 */
export async function beginCustom(
  service: Service,
  signIn: OngoingSignIn,
  who: Claimant,
  srpA?: string,
): Promise<SignInResult> {
  if (who.user !== undefined) {
    ensureMaySignIn(who.user)
    await shownDevice(service, signIn.pool, who.user, signIn.journey.deviceKey)
  }
  if (srpA === undefined) return decide(service, signIn, who, { history: [] })
  return decide(service, signIn, who, { history: [passed('SRP_A')], srpA })
}

/** Goes on with an answer, which a trigger judges. */
export async function answerCustom(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingCustom>>,
  challengeAnswer: string,
): Promise<SignInResult> {
  const { pending } = session.record
  const who = await whoseSession(service, signIn.pool, session)
  const name = 'VerifyAuthChallengeResponse'
  const { privateChallengeParameters, challengeMetadata } = pending
  const { answerCorrect } = await called(service, signIn, who, name, {
    source: `${name}_Authentication`,
    request: { privateChallengeParameters, challengeAnswer },
  })
  const result = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: answerCorrect === true,
    challengeMetadata,
  }
  return decide(service, signIn, who, withResult(pending, result), session)
}

/** Goes on after a right proof of the password: by what Cognito asks itself, else by the triggers. */
export async function passwordProven(
  service: Service,
  signIn: OngoingSignIn,
  session: Stored<ChallengeSession<PendingProof>>,
): Promise<SignInResult> {
  const custom = withResult(session.record.pending, passed('PASSWORD_VERIFIER'))
  const user = await completeChallenge(service, signIn.pool, session)
  const proven = withMethod(signIn, 'pwd')
  const carrying = { ...proven, journey: { ...proven.journey, custom } }
  const asked = await askForOwnFactor(service, carrying, user)
  return asked ?? decide(service, proven, { username: user.username, user }, custom)
}

/**
 * What follows Cognito's own challenge in a custom sign-in: the triggers decide again, with an entry for the challenge
 * (fact T38). Undefined in every other sign-in, which ends with such a challenge.
 */
export function afterOwnChallenge(
  service: Service,
  signIn: OngoingSignIn,
  challenge: Pending['challenge'],
): OngoingSignIn['goesOn'] {
  const { custom, ...journey } = signIn.journey
  if (custom === undefined) return undefined
  const names = challenge === 'DEVICE_PASSWORD_VERIFIER' ? ['DEVICE_SRP_AUTH', challenge] : [challenge]
  const history = [...custom.history, ...names.map(passed)]
  return (user, { methods = [] }) =>
    decide(
      service,
      { ...signIn, journey: { ...journey, methods }, goesOn: undefined },
      { username: user.username, user },
      { ...custom, history },
    )
}

const passed = (challengeName: string): ChallengeResult => ({
  challengeName,
  challengeResult: true,
  challengeMetadata: null,
})

const withResult = ({ history, srpA }: CustomSignIn, result: ChallengeResult): CustomSignIn => ({
  history: [...history, result],
  ...(srpA === undefined ? {} : { srpA }),
})

/** The user of a session. An empty `sub` stands for a name that no user has. */
async function whoseSession(
  service: Service,
  pool: UserPool,
  session: Stored<ChallengeSession>,
): Promise<Claimant> {
  const { sub, username } = session.record
  if (sub === '') return { username }
  const { record: user } = await userOfSession(service, pool, session)
  return { username: user.username, user }
}

/**
 * Asks the pool what comes next.
 * @param answered the session that was answered last: whatever comes ends it
 */
async function decide(
  service: Service,
  signIn: OngoingSignIn,
  who: Claimant,
  custom: CustomSignIn,
  answered?: Stored<ChallengeSession>,
): Promise<SignInResult> {
  const name = 'DefineAuthChallenge'
  const { challengeName, issueTokens, failAuthentication } = await called(service, signIn, who, name, {
    source: `${name}_Authentication`,
    request: { session: custom.history },
  })
  if (failAuthentication) return fail(service, signIn, who, answered)
  if (issueTokens) return letIn(service, signIn, who, answered)
  if (challengeName === 'CUSTOM_CHALLENGE') return askCustom(service, signIn, who, custom, answered)
  ensure(!askedByCognito.has(challengeName ?? ''), () => notForTriggers(signIn.pool, challengeName ?? ''))
  ensure(challengeName === 'PASSWORD_VERIFIER' && custom.srpA !== undefined, () =>
    undecided(signIn.pool, challengeName),
  )
  return askForProof(service, signIn, who, { ...custom, srpA: custom.srpA }, answered)
}

/** Challenges that Cognito asks of its own accord, after a password: a trigger that names one does not get it. */
const askedByCognito: ReadonlySet<string> = new Set([
  'SMS_MFA',
  'SOFTWARE_TOKEN_MFA',
  'EMAIL_OTP',
  'SELECT_MFA_TYPE',
  'DEVICE_SRP_AUTH',
  'DEVICE_PASSWORD_VERIFIER',
])

async function fail(
  service: Service,
  { pool, client }: OngoingSignIn,
  { username, user }: Claimant,
  answered: Stored<ChallengeSession> | undefined,
): Promise<never> {
  if (answered !== undefined) ensure(await service.store.commit(useUp(answered)), sessionUsed)
  if (user !== undefined)
    await recordAuthEvent(service, pool, user, { type: 'SignIn', response: 'Fail', client })
  throw failed(pool, username)
}

async function letIn(
  service: Service,
  signIn: OngoingSignIn,
  who: Claimant,
  answered: Stored<ChallengeSession> | undefined,
): Promise<SignInResult> {
  // An unknown user is never let in, whatever the trigger says.
  if (who.user === undefined) return fail(service, signIn, who, answered)
  const user = answered === undefined ? who.user : await completeChallenge(service, signIn.pool, answered)
  ensureMaySignIn(user)
  return signedIn(service, await protect(service, signIn, user, { isCustom: true }), user)
}

async function askCustom(
  service: Service,
  signIn: OngoingSignIn,
  who: Claimant,
  custom: CustomSignIn,
  answered: Stored<ChallengeSession> | undefined,
): Promise<SignInResult> {
  const name = 'CreateAuthChallenge'
  const challenge = 'CUSTOM_CHALLENGE'
  const created = await called(service, signIn, who, name, {
    source: `${name}_Authentication`,
    request: { challengeName: challenge, session: custom.history },
  })
  const { privateChallengeParameters = {} } = created
  // For an unknown user and for one of the pool's alike: an answer that nothing is compared with proves nothing (fact N26).
  ensure(Object.keys(privateChallengeParameters ?? {}).length > 0, () => nothingToCompare(signIn.pool))
  const pending: PendingCustom = {
    ...custom,
    challenge,
    privateChallengeParameters: privateChallengeParameters ?? {},
    challengeMetadata: created.challengeMetadata ?? null,
  }
  const parameters = created.publicChallengeParameters ?? {}
  return ask(service, signIn, whoseOf(who), {
    pending,
    challenge: { name: challenge, parameters },
    writes: answered && [useUp(answered)],
  })
}

async function askForProof(
  service: Service,
  signIn: OngoingSignIn,
  who: Claimant,
  custom: CustomSignIn & { readonly srpA: string },
  answered: Stored<ChallengeSession> | undefined,
): Promise<SignInResult> {
  const pending: PendingProof = { ...custom, challenge: 'PASSWORD_VERIFIER' }
  const { session, write } = openSession(service, signIn, whoseOf(who), pending)
  const ended = answered === undefined ? [] : [useUp(answered)]
  ensure(await service.store.commit(...ended, write), sessionUsed)
  const user = who.user ?? simulatedUser(signIn.pool, who.username)
  return askForPasswordProof(service, signIn, user, custom.srpA, session)
}

const whoseOf = ({ username, user }: Claimant) => user ?? { sub: '', username }

/** Calls a trigger that a custom sign-in cannot do without. */
async function called<N extends TriggerName>(
  service: Service,
  { pool, client, forTriggers }: OngoingSignIn,
  { username, user }: Claimant,
  name: N,
  {
    source,
    request,
  }: Pick<TriggerCall<N>, 'source'> & {
    readonly request: Omit<TriggerRequest<N>, 'userAttributes' | 'clientMetadata' | 'userNotFound'>
  },
): Promise<TriggerResponse<N>> {
  const hides = client.settings.PreventUserExistenceErrors === 'ENABLED'
  const response = await callTrigger(service, pool, name, {
    source,
    userName: username,
    clientId: client.id,
    request: {
      userAttributes: user === undefined ? {} : attributesInEvents(pool, user),
      ...request,
      ...(forTriggers?.clientMetadata && { clientMetadata: forTriggers.clientMetadata }),
      ...(hides ? { userNotFound: user === undefined } : {}),
    } as unknown as TriggerRequest<N>,
  })
  ensure(response, () => triggerMissing(pool, name))
  return response
}

const triggerMissing = refusal('InvalidParameterException', (pool: UserPool, name: string) => ({
  told: 'Custom auth lambda trigger is not configured for the user pool.',
  because: `A custom sign-in needs the trigger ${name}, which ${pool.name} does not have.`,
  remedy: `Give a handler: startRockpool({ triggers: { '${pool.name}': { ${name}: async event => event } } }).`,
}))

const failed = refusal('NotAuthorizedException', (pool: UserPool, username: string) => ({
  told: 'Incorrect username or password.',
  because: `DefineAuthChallenge of ${pool.name} did not let ${username} in.`,
  remedy:
    'Look at request.session in DefineAuthChallenge: it lists the answers, and which of them were right.',
}))

const nothingToCompare = refusal('NotAuthorizedException', (pool: UserPool) => ({
  told: 'Incorrect username or password.',
  because: `CreateAuthChallenge of ${pool.name} gave no privateChallengeParameters: Cognito refuses the sign-in then.`,
  remedy:
    'Set response.privateChallengeParameters to what the answer is compared with, at least one member, for unknown users too.',
}))

const notForTriggers = refusal('InvalidParameterException', (pool: UserPool, challengeName: string) => ({
  // The service's words are unknown: it sends this challenge, and no answer to it succeeds.
  told: `Invalid challenge: ${challengeName}`,
  because: `DefineAuthChallenge of ${pool.name} named ${challengeName}, which Cognito asks by itself: right after PASSWORD_VERIFIER, of users who have that factor. Without a password there is none.`,
  remedy: `Begin the sign-in with CHALLENGE_NAME SRP_A, so that Cognito asks for ${challengeName}, or ask by a CUSTOM_CHALLENGE.`,
}))

const undecided = refusal(
  'InvalidLambdaResponseException',
  (pool: UserPool, challengeName: string | null | undefined) => ({
    // The service's words are not known.
    told: 'Unrecognizable lambda output',
    because: `DefineAuthChallenge of ${pool.name} neither issued tokens nor failed, and named the challenge ${challengeName ?? 'null'}.`,
    remedy:
      'Set issueTokens or failAuthentication, or name CUSTOM_CHALLENGE, or PASSWORD_VERIFIER where the client sent SRP_A: Rockpool asks no others here.',
  }),
)
