import type { Message, Purpose } from '../../core/message.js'
import { type Html, html } from '../../lib/html.js'
import { pathTo } from '../console.js'
import { badge, moment } from '../frame/parts.js'

/** A message as a line of a list. */
export const messageLine = (message: Message, now: number): Html =>
  html`<li>${moment(message.at, now)}<a href="${pathTo('inbox', message.id)}">${headline(message)} <span class="muted">to ${message.to}</span></a>${badge(message.medium === 'EMAIL' ? 'mail' : 'text')}</li>`

/** The subject of a mail; of a text message what it is for. Neither tells a code or a password. */
export const headline = ({ subject, purpose }: Message): string => subject ?? purposes[purpose]

const purposes: Readonly<Record<Purpose, string>> = {
  invitation: 'Invitation',
  'sign-up': 'Code to confirm the sign-up',
  'sign-in': 'Code to sign in',
  'password reset': 'Code to reset the password',
  'attribute verification': 'Code to verify an attribute',
  'security notice': 'Notice of a sign-in at risk',
}
