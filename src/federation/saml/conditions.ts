import type { IdentityProvider, KeptMetadata } from '../../core/identity-provider.js'
import { ensure } from '../../core/refusal.js'
import { bearer, ns } from '../../saml/names.js'
import { attributeOf, childrenOf, onlyChild, textOf, timeOf } from '../../saml/xml.js'
import * as refusals from './refusals.js'

/** What a response and its assertion say of whom, where and when they are for (docs/facts/saml-and-social.md §2.5). */

/** What a response is judged by. */
export interface Expected {
  readonly provider: IdentityProvider
  readonly metadata: KeptMetadata
  /** The pool's entity id. */
  readonly audience: string
  /** Where the response came to. */
  readonly acs: string
  /** The ID of the request that it answers; undefined where the provider began by itself. */
  readonly requestId: string | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The key that the provider's assertions are encrypted to: PKCS #8 in base64 of DER. */
  readonly decryptionKey: () => Promise<string>
}

/** Milliseconds that the clocks of both sides may be apart [guess]. */
const skew = 60_000

/** Milliseconds that a response may be old where the provider began by itself (fact S43). */
const unaskedPatience = 360_000

/**
 * Refuses what is meant for others, for another time, or as the answer to something else.
 * @throws Refusal
 */
export function ensureFits(response: Element, assertion: Element, expected: Expected): void {
  ensureIssuer(response, assertion, expected)
  ensureAddress(response, expected)
  const confirmation = confirmationOf(assertion, expected)
  ensureRecipient(confirmation, expected)
  ensureAudience(assertion, expected)
  ensureRequest(response, confirmation, expected)
  ensureTime(response, assertion, confirmation, expected)
}

function ensureIssuer(response: Element, assertion: Element, { provider, metadata }: Expected): void {
  const ofResponse = childrenOf(response, ns.assertion, 'Issuer')
  const given = [...ofResponse, onlyChild(assertion, ns.assertion, 'Issuer')].map(one => textOf(one))
  const other = given.find(issuer => issuer !== metadata.entityId)
  ensure(other === undefined, () => refusals.otherIssuer(provider, other ?? '', metadata.entityId))
}

function ensureAddress(response: Element, { provider, acs }: Expected): void {
  const destination = attributeOf(response, 'Destination')
  ensure(destination === undefined || destination === acs, () =>
    refusals.otherDestination(provider, destination ?? '', acs),
  )
}

/** The data of the confirmation by which the bearer of the assertion is its subject. */
function confirmationOf(assertion: Element, { provider }: Expected): Element {
  const subject = onlyChild(assertion, ns.assertion, 'Subject')
  const [confirmation] = childrenOf(subject, ns.assertion, 'SubjectConfirmation').filter(
    one => attributeOf(one, 'Method') === bearer,
  )
  const data = onlyChild(confirmation, ns.assertion, 'SubjectConfirmationData')
  ensure(data, () => refusals.noConfirmation(provider))
  return data
}

function ensureRecipient(confirmation: Element, { provider, acs }: Expected): void {
  const recipient = attributeOf(confirmation, 'Recipient') ?? ''
  ensure(recipient === acs, () => refusals.otherRecipient(provider, recipient, acs))
}

function ensureAudience(assertion: Element, { provider, audience }: Expected): void {
  const restrictions = childrenOf(
    onlyChild(assertion, ns.assertion, 'Conditions'),
    ns.assertion,
    'AudienceRestriction',
  )
  const lists = restrictions.map(one => childrenOf(one, ns.assertion, 'Audience').map(textOf))
  // Each restriction has to be met (SAML Core §2.5.1.4).
  ensure(lists.length > 0 && lists.every(list => list.includes(audience)), () =>
    refusals.otherAudience(provider, lists.flat(), audience),
  )
}

function ensureRequest(response: Element, confirmation: Element, { provider, requestId }: Expected): void {
  const places = [
    ['The Response', attributeOf(response, 'InResponseTo')],
    ['SubjectConfirmationData', attributeOf(confirmation, 'InResponseTo')],
  ] as const
  for (const [where, given] of places)
    if (requestId === undefined) ensure(given === undefined, () => refusals.answersRequest(provider, where))
    else ensure(given === requestId, () => refusals.otherRequest(provider, where, given, requestId))
}

function ensureTime(
  response: Element,
  assertion: Element,
  confirmation: Element,
  { provider, requestId, now }: Expected,
): void {
  const within = (what: string, limit: string | undefined, holds: (ms: number) => boolean): void => {
    if (limit === undefined) return
    const ms = timeOf(limit)
    ensure(ms !== undefined && holds(ms), () =>
      refusals.outOfTime(provider, what, { limit, now: new Date(now).toISOString() }),
    )
  }
  const notYet = (ms: number) => now + skew >= ms
  const notOver = (ms: number) => now - skew < ms
  const conditions = onlyChild(assertion, ns.assertion, 'Conditions')
  within('NotBefore', attributeOf(conditions, 'NotBefore'), notYet)
  within('NotOnOrAfter', attributeOf(conditions, 'NotOnOrAfter'), notOver)
  within('NotBefore of the subject', attributeOf(confirmation, 'NotBefore'), notYet)
  // A bearer's confirmation has to end (SAML Profiles §4.1.4.2).
  within('NotOnOrAfter of the subject', attributeOf(confirmation, 'NotOnOrAfter') ?? '(missing)', notOver)
  if (requestId === undefined)
    within('IssueInstant', attributeOf(response, 'IssueInstant') ?? '(missing)', ms => {
      return now - ms <= unaskedPatience && notYet(ms)
    })
}

/** Milliseconds since the epoch after which the assertion is good for nobody any more. */
export function endOfAssertion(assertion: Element, now: number): number {
  const subject = onlyChild(assertion, ns.assertion, 'Subject')
  const ends = childrenOf(subject, ns.assertion, 'SubjectConfirmation').flatMap(
    one => timeOf(attributeOf(onlyChild(one, ns.assertion, 'SubjectConfirmationData'), 'NotOnOrAfter')) ?? [],
  )
  return Math.max(now, ...ends) + 2 * skew
}
