import type { AppClient } from '../core/app-client.js'
import type { Delivery, Medium } from '../core/message.js'
import type { MessageOccasion, TriggerResponse } from '../core/ports/triggers.js'
import { ensure, Refusal, refusal } from '../core/refusal.js'
import type { User } from '../core/user.js'
import { regionOf, type UserPool } from '../core/user-pool.js'
import { type Enclosure, type Letter, templateLetter } from '../courier/letters.js'
import { deliveryOf, post } from '../courier/outbox.js'
import { encryptedForSender } from '../lib/encryption-sdk.js'
import { html } from '../lib/html.js'
import { localKeyArn, sealDataKey } from '../lib/local-kms.js'
import { deliverNotificationError } from './log-delivery.js'
import type { Service } from './service.js'
import { attributesInEvents, callTrigger, type ForTriggers } from './triggers.js'

/**
 * Every letter of a pool goes out here: by the pool's template, by the words of its trigger CustomMessage, or by a custom
 * sender in the place of Cognito (docs/facts/triggers.md §5.7, §7).
 */

/** What is sent, on what occasion, and what the app sent along for triggers. */
export interface Sending extends Enclosure {
  readonly occasion: MessageOccasion
  readonly asked?: Asked | undefined
}

/** The request that a letter is sent for. */
export interface Asked extends Pick<ForTriggers, 'clientMetadata'> {
  /** Absent where an administrator acts without a client. */
  readonly client?: Pick<AppClient, 'id'> | undefined
}

/**
 * Sends a letter to a user.
 * @param media the media to try, the preferred one first
 * @returns where the letter went; null if the user has no address for any medium
 * @throws Refusal where CustomMessage fails, or writes what cannot be sent
 */
export async function sendMessage(
  service: Service,
  pool: UserPool,
  user: User,
  media: readonly Medium[],
  sending: Sending,
): Promise<Delivery | null> {
  const delivery = deliveryOf(user, media)
  if (delivery === null) return null
  const sender = senders[delivery.medium]
  if (service.triggers.has(sender, pool)) {
    handOver(service, pool, user, sender, sending)
    const letter = { body: '', madeBy: sender }
    return post(service, pool, user, delivery, { ...sending, letter })
  }
  const own = templateLetter(pool, user, delivery.medium, sending)
  const letter = await inWordsOfTrigger(service, pool, user, delivery.medium, { sending, own }).catch(
    async (error: unknown) => {
      await deliverNotificationError(service, pool, notSent(user, delivery.medium, sending, error))
      throw error
    },
  )
  return post(service, pool, user, delivery, { ...sending, letter })
}

const senders = { EMAIL: 'CustomEmailSender', SMS: 'CustomSMSSender' } as const

/** What every event of a message has. */
const about = (pool: UserPool, user: User, { asked }: Sending) => ({
  userName: user.username,
  ...(asked?.client && { clientId: asked.client.id }),
  request: {
    userAttributes: attributesInEvents(pool, user),
    ...(asked?.clientMetadata && { clientMetadata: asked.clientMetadata }),
  },
})

/** The letter as CustomMessage wants it; what it leaves out is as the pool's template has it. */
async function inWordsOfTrigger(
  service: Service,
  pool: UserPool,
  user: User,
  medium: Medium,
  { sending, own }: { readonly sending: Sending; readonly own: Letter },
): Promise<Letter> {
  if (!service.triggers.has('CustomMessage', pool)) return own
  const { request, ...who } = about(pool, user, sending)
  const answer = await callTrigger(service, pool, 'CustomMessage', {
    ...who,
    source: `CustomMessage_${sending.occasion}`,
    request: { ...request, ...placeholdersOf(sending.occasion) },
  })
  return answer === undefined ? own : customLetter(medium, { sending, own, answer })
}

/** What stands for the code, the link and the username in the texts of CustomMessage. */
export const placeholdersOf = (occasion: MessageOccasion) => ({
  codeParameter: '{####}',
  linkParameter: '{##Click Here##}',
  usernameParameter: occasion === 'AdminCreateUser' ? '{username}' : null,
})

interface Words {
  readonly sending: Sending
  readonly own: Letter
  readonly answer: TriggerResponse<'CustomMessage'>
}

function customLetter(medium: Medium, { sending, own, answer }: Words): Letter {
  const { emailSubject, emailMessage, smsMessage } = answer
  const isMail = medium === 'EMAIL'
  const text = isMail ? emailMessage : smsMessage
  const subject = isMail ? (emailSubject ?? own.subject) : undefined
  const template = text ?? undefined
  if (template !== undefined) ensureSendable(template, medium, sending)
  if (isMail && emailSubject) ensureLength('emailSubject', emailSubject, 140)
  const hasOwnWords = template !== undefined || (isMail && Boolean(emailSubject))
  return {
    ...(subject === undefined ? {} : { subject }),
    body: template === undefined ? own.body : filled(template, medium, sending, own.username),
    madeBy: hasOwnWords ? 'CustomMessage' : own.madeBy,
    username: own.username,
  }
}

/** Fills in the code, the username of an invitation, or the link: with a link the code itself is never in the mail. */
const filled = (
  text: string,
  medium: Medium,
  { secret, link, occasion }: Sending,
  username: string,
): string =>
  text.replace(/\{####\}|\{username\}|\{##(.*?)##\}/gs, (placeholder, words?: string) => {
    if (placeholder === '{username}') return occasion === 'AdminCreateUser' ? username : placeholder
    if (link !== undefined && medium === 'EMAIL')
      return html`<a href="${link}">${placeholder === '{####}' ? '##' : words}</a>`.toString()
    return placeholder === '{####}' ? secret : placeholder
  })

const members = { EMAIL: 'emailBody', SMS: 'smsMessage' } as const
const anything = '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s*]*'

/** Refuses a text that could not do what it is for, in the service's words (facts T47). */
function ensureSendable(text: string, medium: Medium, { link, occasion }: Sending): void {
  ensure(text !== '', emptyMessage)
  const member = members[medium]
  const isLinked = link !== undefined && medium === 'EMAIL' && /\{##.*?##\}/s.test(text)
  ensure(text.includes('{####}') || isLinked, () => placeholderMissing(member, text, '{####}'))
  if (occasion === 'AdminCreateUser')
    ensure(text.includes('{username}'), () => placeholderMissing(member, text, '{username}'))
  ensureLength(member, text, medium === 'SMS' ? 140 : 20_000)
}

const ensureLength = (member: string, text: string, most: number): void =>
  ensure(text.length <= most, () => tooLong(member, text, most))

const emptyMessage = refusal('InvalidParameterException', () => ({
  told: 'The message is empty.',
  because: 'CustomMessage answered an empty text.',
  remedy: 'Leave the text null for the template of the pool, or write one with {####}.',
}))

const placeholderMissing = refusal(
  'InvalidParameterException',
  (member: string, text: string, placeholder: string) => ({
    told: `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${anything}${placeholder.replace(/[{}]/g, '\\$&')}${anything}`,
    because: `The text of CustomMessage has no ${placeholder}.`,
    remedy: `Put request.${placeholder === '{####}' ? 'codeParameter' : 'usernameParameter'} into the text.`,
  }),
)

const tooLong = refusal('InvalidParameterException', (member: string, text: string, most: number) => ({
  told: `1 validation error detected: Value '${text}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${most}`,
  because: `CustomMessage answered a text of ${text.length} characters; it may have ${most}.`,
  remedy: 'Write a shorter text.',
}))

/** Calls a custom sender, with the code encrypted. */
function handOver(
  service: Service,
  pool: UserPool,
  user: User,
  sender: (typeof senders)[Medium],
  sending: Sending,
): void {
  const { request, ...who } = about(pool, user, sending)
  const event = { ...request, code: codeForSender(service, pool, sending) }
  const call = () =>
    sender === 'CustomEmailSender'
      ? callTrigger(service, pool, sender, {
          ...who,
          source: `${sender}_${sending.occasion}`,
          request: { type: 'customEmailSenderRequestV1', ...event },
        })
      : callTrigger(service, pool, sender, {
          ...who,
          source: `${sender}_${sending.occasion}`,
          request: { type: 'customSMSSenderRequestV1', ...event },
        })
  callSender(service, pool, user, { sender, occasion: sending.occasion }, call)
}

/** A call of a custom sender: which one, and what for. */
interface SenderCall {
  readonly sender: (typeof senders)[Medium]
  readonly occasion: string
}

/** Calls a custom sender. Nobody waits for it, and no request fails with it (fact T55). */
export function callSender(
  service: Service,
  pool: UserPool,
  user: Pick<User, 'sub'>,
  { sender, occasion }: SenderCall,
  call: () => Promise<unknown>,
): void {
  service.recorder.note('trigger', { trigger: sender, occasion, awaited: false })
  const medium = sender === 'CustomEmailSender' ? 'EMAIL' : 'SMS'
  call().catch((error: unknown) => {
    service.recorder.note('warning', {
      warning: `${sender} failed, and no request with it: ${error instanceof Error ? error.message : error}`,
      remedy: error instanceof Refusal ? error.explanation.remedy : `Look at the function of ${sender}.`,
    })
    return deliverNotificationError(service, pool, notSent(user, medium, { occasion }, error))
  })
}

/** What the log of message delivery says. AWS documents its form, and not its sentences. */
const notSent = (
  { sub }: Pick<User, 'sub'>,
  medium: Medium,
  { occasion }: Pick<SenderCall, 'occasion'>,
  error: unknown,
): string =>
  `${medium} message for ${occasion} to the user ${sub} was not sent: ${error instanceof Refusal ? error.told || error.code : 'the function failed'}`

/** A code, or a temporary password, as a custom sender gets it: encrypted with the pool's key (docs/facts/triggers.md §7). */
export function codeForSender(
  { chance }: Pick<Service, 'chance'>,
  pool: UserPool,
  sending: Pick<Sending, 'occasion' | 'secret'>,
): string {
  const keyArn = pool.settings.LambdaConfig?.KMSKeyID ?? localKeyArn(regionOf(pool.id))
  return encryptedForSender(escaped(sending), {
    keyArn,
    context: { 'userpool-id': pool.id },
    seal: (dataKey, context) => sealDataKey({ keyArn, context, dataKey, iv: chance.bytes(12) }),
    bytes: count => chance.bytes(count),
  })
}

/** Temporary passwords arrive escaped, whatever the medium (fact T57). */
const escaped = ({ occasion, secret }: Pick<Sending, 'occasion' | 'secret'>): string =>
  occasion === 'AdminCreateUser' ? html`${secret}`.toString() : secret
