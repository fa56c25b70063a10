import type { AuthEvent } from '../../core/auth-event.js'
import type { LogMessage } from '../../core/delivered-log.js'

/** An event as the log `userAuthEvents` has it: the members that AWS documents, texts all, and empty where there is nothing. */
export const logMessageOf = (event: AuthEvent, userName: string): LogMessage => {
  const { risk, context, feedback } = event
  return {
    version: '1',
    eventId: event.id,
    eventType: event.type,
    userSub: event.sub,
    userName,
    userPoolId: event.poolId,
    clientId: event.clientId ?? '',
    creationDate: inWords(event.at),
    eventResponse: event.response,
    riskLevel: risk?.level ?? '',
    // AWS shows PASS of an event without risk; its words for others are not known.
    riskDecision: risk === undefined || risk.decision === 'NoRisk' ? 'PASS' : decisions[risk.decision],
    challenges: challengesOf(event).map(({ name, response }) => `${name}:${response}`),
    deviceName: context?.deviceName ?? '',
    ipAddress: context?.address ?? '',
    requestId: context?.requestId ?? '',
    idpName: '',
    compromisedCredentialDetected: String(risk?.compromised ?? false),
    city: context?.city ?? '',
    country: context?.country ?? '',
    eventFeedbackValue: feedback?.value ?? '',
    eventFeedbackDate: feedback === undefined ? '' : inWords(feedback.at),
    eventFeedbackProvider: feedback?.provider ?? '',
    hasContextData: String(context?.hasContextData ?? false),
  }
}

const decisions = { AccountTakeover: 'ACCOUNT_TAKEOVER', Block: 'BLOCK' } as const

/** As AWS writes a time in a log: `Wed Jul 17 17:25:55 UTC 2024`. */
function inWords(at: number): string {
  const [weekday = '', day, month, year, time] = new Date(at).toUTCString().split(' ')
  return `${weekday.replace(',', '')} ${month} ${day} ${time} UTC ${year}`
}

/** The challenges that an event is about, with how they were answered. */
const challengesOf = ({
  type,
  response,
}: Pick<AuthEvent, 'type' | 'response'>): readonly { readonly name: string; readonly response: string }[] =>
  type === 'SignIn' ? [{ name: 'Password', response: response === 'Fail' ? 'Failure' : 'Success' }] : []
