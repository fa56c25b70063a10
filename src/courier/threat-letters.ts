import type { TakeoverAction, TakeoverConfiguration } from '../core/risk.js'
import type { UserAttributes } from '../core/user.js'
import { html } from '../lib/html.js'

/** Mails about a sign-in that is at risk: the pool's `NotifyConfiguration`, and words of ours where it has none. */

/** The values that such a mail shows, by placeholder. */
export interface ThreatDetails {
  readonly username: string
  readonly 'ip-address': string
  readonly city: string
  readonly country: string
  readonly 'login-time': string
  readonly 'device-name': string
  readonly 'event-id': string
  readonly 'feedback-token': string
  readonly 'one-click-link-valid': string
  readonly 'one-click-link-invalid': string
}

type Notify = NonNullable<TakeoverConfiguration['NotifyConfiguration']>

export interface ThreatLetter {
  readonly subject: string
  readonly body: string
  /** The template whose words these are. */
  readonly madeBy: string
  readonly from?: string
}

const templateOf = {
  BLOCK: 'BlockEmail',
  NO_ACTION: 'NoActionEmail',
  MFA_IF_CONFIGURED: 'MfaEmail',
  MFA_REQUIRED: 'MfaEmail',
} as const

/** Cognito's own words are not known. */
const defaults = {
  BlockEmail: {
    Subject: 'Blocked sign-in attempt',
    HtmlBody: `<p>We blocked an unrecognized sign-in to your account: {login-time}, {device-name}, {ip-address}.</p>`,
  },
  NoActionEmail: {
    Subject: 'New sign-in attempt',
    HtmlBody: `<p>We observed an unrecognized sign-in to your account: {login-time}, {device-name}, {ip-address}.</p>`,
  },
  MfaEmail: {
    Subject: 'New sign-in attempt',
    HtmlBody: `<p>We asked for a second factor at an unrecognized sign-in to your account: {login-time}, {device-name}, {ip-address}.</p>`,
  },
} as const
const question =
  '<p>Was it you? <a href="{one-click-link-valid}">Yes, it was me</a>, or <a href="{one-click-link-invalid}">No, it was not</a>.</p>'

/** Writes the mail about an action. */
export function threatLetter(
  { EventAction }: Pick<TakeoverAction, 'EventAction'>,
  notify: Notify | undefined,
  details: ThreatDetails,
): ThreatLetter {
  const name = templateOf[EventAction]
  const own = notify?.[name]
  const body = own?.HtmlBody ?? own?.TextBody ?? `${defaults[name].HtmlBody}${question}`
  return {
    subject: filled(own?.Subject ?? defaults[name].Subject, details),
    body: filled(body, details, value => html`${value}`.toString()),
    madeBy: own === undefined ? 'the default of Rockpool' : `NotifyConfiguration.${name}`,
    ...(notify?.From === undefined ? {} : { from: notify.From }),
  }
}

const filled = (text: string, details: ThreatDetails, written = (value: string) => value): string =>
  text.replace(/\{([a-z-]+)\}/g, (placeholder, name: string) =>
    Object.hasOwn(details, name) ? written(details[name as keyof ThreatDetails]) : placeholder,
  )

/** The same values for a custom sender, which gets them instead of the user's attributes. How AWS writes the time is not known. */
export const takeoverNotice = (
  { EventAction }: Pick<TakeoverAction, 'EventAction'>,
  details: ThreatDetails,
): UserAttributes => ({
  EVENT_ID: details['event-id'],
  USER_NAME: details.username,
  IP_ADDRESS: details['ip-address'],
  ACCOUNT_TAKE_OVER_ACTION: EventAction,
  ONE_CLICK_LINK_VALID: details['one-click-link-valid'],
  ONE_CLICK_LINK_INVALID: details['one-click-link-invalid'],
  LOGIN_TIME: details['login-time'],
  FEEDBACK_TOKEN: details['feedback-token'],
  ...(details.city && { CITY: details.city }),
  ...(details.country && { COUNTRY: details.country }),
  ...(details['device-name'] && { DEVICE_NAME: details['device-name'] }),
})
