import type { Medium, Purpose } from '../core/message.js'
import type { setUserPoolMfaConfig } from '../core/shapes/user-pools.js'
import type { User } from '../core/user.js'
import type { PoolSettings, UserPool } from '../core/user-pool.js'
import { html } from '../lib/html.js'
import type { Infer } from '../lib/shape.js'

/**
 * The words of what a pool sends: one template for each purpose and medium, the pool's own where it has one, Cognito's
 * default where it has none (docs/facts/user-pools-api.md §4.5). Where a letter goes is the outbox's concern.
 */

/** The templates that `SetUserPoolMfaConfig` keeps beside the pool's settings. */
export type MfaTemplates = Pick<
  Infer<typeof setUserPoolMfaConfig>,
  'SmsMfaConfiguration' | 'EmailMfaConfiguration'
>

/** What a letter carries, and what for. */
export interface Enclosure {
  readonly purpose: Exclude<Purpose, 'security notice'>
  /** The code, or the temporary password, that the user reads in the letter. */
  readonly secret: string
  /** What `SetUserPoolMfaConfig` has set. Only codes of a sign-in read it. */
  readonly mfa?: MfaTemplates
  /** The URL that confirms a sign-up. A mail then carries the link, by the pool's template for links, and no code. */
  readonly link?: string
}

/** A letter, ready to be sent. Mails have a subject, text messages have none. */
export interface Letter {
  readonly subject?: string
  readonly body: string
  /** The template, or the trigger, whose words these are. */
  readonly madeBy: string
  /** What the user signs in with, as the letter may tell. */
  readonly username: string
}

interface Source {
  readonly settings: PoolSettings
  readonly mfa: MfaTemplates
}

type Template = Pick<Letter, 'subject' | 'body'>
type Templates = { readonly [medium in Medium]: (source: Source) => Template }

/** `VerificationMessageTemplate` and the pool's flat members are two views of the same words; the template is read first. */
const verification: Templates = {
  EMAIL: ({ settings }) => ({
    subject:
      settings.VerificationMessageTemplate?.EmailSubject ??
      settings.EmailVerificationSubject ??
      'Your verification code',
    body:
      settings.VerificationMessageTemplate?.EmailMessage ??
      settings.EmailVerificationMessage ??
      'Your verification code is {####}. ',
  }),
  SMS: ({ settings }) => ({
    body:
      settings.VerificationMessageTemplate?.SmsMessage ??
      settings.SmsVerificationMessage ??
      'Your verification code is {####}. ',
  }),
}

/** A mail that confirms a sign-up by a click. There is no text message of the kind. */
const verificationByLink = ({ settings: { VerificationMessageTemplate: template } }: Source): Template => ({
  subject: template?.EmailSubjectByLink ?? 'Your verification link',
  body:
    template?.EmailMessageByLink ??
    'Please click the link below to verify your email address. {##Verify Email##} ',
})

/** The templates of each purpose. Cognito's own texts end with a blank (fact T52). */
const templates: { readonly [purpose in Enclosure['purpose']]: Templates } = {
  'sign-up': verification,
  'password reset': verification,
  'attribute verification': verification,
  invitation: {
    EMAIL: ({ settings: { AdminCreateUserConfig } }) => ({
      subject: AdminCreateUserConfig?.InviteMessageTemplate?.EmailSubject ?? 'Your temporary password',
      body:
        AdminCreateUserConfig?.InviteMessageTemplate?.EmailMessage ??
        'Your username is {username} and temporary password is {####}. ',
    }),
    SMS: ({ settings: { AdminCreateUserConfig } }) => ({
      body:
        AdminCreateUserConfig?.InviteMessageTemplate?.SMSMessage ??
        'Your username is {username} and temporary password is {####}. ',
    }),
  },
  'sign-in': {
    EMAIL: ({ mfa: { EmailMfaConfiguration } }) => ({
      // Cognito's words for mails are not known.
      subject: EmailMfaConfiguration?.Subject ?? 'Your authentication code',
      body: EmailMfaConfiguration?.Message ?? 'Your authentication code is {####}. ',
    }),
    SMS: ({ settings, mfa: { SmsMfaConfiguration } }) => ({
      body:
        SmsMfaConfiguration?.SmsAuthenticationMessage ??
        settings.SmsAuthenticationMessage ??
        'Your authentication code is {####}. ',
    }),
  },
}

/** Writes a letter to a user: the template of its purpose and medium, filled in, with where its words are from. */
export const templateLetter = (
  pool: Pick<UserPool, 'settings'>,
  user: Pick<User, 'username' | 'attributes'>,
  medium: Medium,
  enclosure: Enclosure,
): Letter => ({
  ...letterTo(pool, user, medium, enclosure),
  madeBy: templateName(pool.settings, medium, enclosure),
  username: signInName(pool.settings, user),
})

/** The setting that a letter's body is from. */
function templateName(
  settings: PoolSettings,
  medium: Medium,
  { purpose, mfa = {}, link }: Enclosure,
): string {
  const isMail = medium === 'EMAIL'
  const template = settings.VerificationMessageTemplate ?? {}
  const invitation = settings.AdminCreateUserConfig?.InviteMessageTemplate ?? {}
  const verification = isMail
    ? [
        ['VerificationMessageTemplate.EmailMessage', template.EmailMessage],
        ['EmailVerificationMessage', settings.EmailVerificationMessage],
      ]
    : [
        ['VerificationMessageTemplate.SmsMessage', template.SmsMessage],
        ['SmsVerificationMessage', settings.SmsVerificationMessage],
      ]
  const authentication = isMail
    ? [['EmailMfaConfiguration.Message', mfa.EmailMfaConfiguration?.Message]]
    : [
        ['SmsMfaConfiguration.SmsAuthenticationMessage', mfa.SmsMfaConfiguration?.SmsAuthenticationMessage],
        ['SmsAuthenticationMessage', settings.SmsAuthenticationMessage],
      ]
  const candidates =
    isMail && link !== undefined
      ? [['VerificationMessageTemplate.EmailMessageByLink', template.EmailMessageByLink]]
      : purpose === 'invitation'
        ? isMail
          ? [['InviteMessageTemplate.EmailMessage', invitation.EmailMessage]]
          : [['InviteMessageTemplate.SMSMessage', invitation.SMSMessage]]
        : purpose === 'sign-in'
          ? authentication
          : verification
  return candidates.find(([, text]) => text !== undefined)?.[0] ?? 'the default of Cognito'
}

/** The template of a purpose and medium, filled in. */
export function letterTo(
  { settings }: Pick<UserPool, 'settings'>,
  user: Pick<User, 'username' | 'attributes'>,
  medium: Medium,
  { purpose, secret, mfa = {}, link }: Enclosure,
): Template {
  const isByLink = link !== undefined && medium === 'EMAIL'
  const { subject, body } = (isByLink ? verificationByLink : templates[purpose][medium])({ settings, mfa })
  const values: { readonly [placeholder: string]: string } = {
    ...(purpose === 'invitation' ? { '{username}': signInName(settings, user) } : {}),
    ...(isByLink ? {} : { '{####}': secret }),
  }
  // Each place is filled once: what is filled in may look like a placeholder itself.
  const filled = body.replace(/\{####\}|\{username\}|\{##(.*?)##\}/gs, (placeholder, text?: string) =>
    isByLink && text !== undefined
      ? html`<a href="${link}">${text}</a>`.toString()
      : (values[placeholder] ?? placeholder),
  )
  const name = values['{username}']
  // A subject names the user where it is asked to, and never has the secret.
  const about = name === undefined ? subject : subject?.replaceAll('{username}', () => name)
  return { ...(about === undefined ? {} : { subject: about }), body: filled }
}

/** What the user types to sign in: where that is an address, the stored username is a `sub` that means nothing to the user. */
const signInName = (
  { UsernameAttributes = [] }: PoolSettings,
  { username, attributes }: Pick<User, 'username' | 'attributes'>,
): string => UsernameAttributes.map(name => attributes[name]).find(Boolean) ?? username
