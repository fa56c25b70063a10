import type { Explanation } from '../../core/refusal.js'
import { type Html, html, within } from '../../lib/html.js'
import { entrance, key } from '../look/art.js'
import { classesOf } from '../look/look.js'
import type { Words } from '../words/english.js'
import { refusalIn } from '../words/refusals.js'
import { page } from './layout.js'
import { type FormPage, field, formOf, linksOf, noticeOf, showPassword, submit, whyOf } from './parts.js'

/** What the sign-in page shows. */
export interface SignInView extends FormPage {
  readonly scripts?: readonly string[]
  /** Whether the pool's own users sign in here. */
  readonly local: boolean
  /** Whether the user name is asked for alone: how the user proves it comes on the next page. */
  readonly usernameOnly?: boolean | undefined
  /** What users are called by. */
  readonly usernameKind?: UsernameKind | undefined
  /** Whether that form has a button for passkeys. */
  readonly passkeys?: boolean | undefined
  /** Filled in already: a hint of the app, or what was entered before a mistake. */
  readonly username?: string | undefined
  /** One sentence for the user. */
  readonly error?: string | undefined
  /** Why, for the developer. */
  readonly why?: Explanation | undefined
  /** Which form the error is about; that of user name and password unless said otherwise. */
  readonly errorIn?: 'credentials' | 'identifier' | 'page' | undefined
  /** Something that went well before. */
  readonly notice?: string | undefined
  readonly providers: readonly ProviderChoice[]
  /** How providers are shown: buttons, unless the style wants a list to drop down. */
  readonly asList?: { readonly action: string; readonly hidden: Readonly<Record<string, string>> } | undefined
  /** Whether providers stand before the form. */
  readonly providersFirst?: boolean | undefined
  /** Whether there is a box for an e-mail address or domain, from which the provider follows. */
  readonly identifierForm: boolean
  /** What was entered in that box before a mistake. */
  readonly identifier?: string | undefined
  /** Where a forgotten password is recovered; absent where it cannot be. */
  readonly forgotPassword?: string | undefined
  /** Where users sign up; absent where they cannot. */
  readonly signUp?: string | undefined
}

/** What the page calls the user name: an address, a number, or a name, as the pool has it. */
export type UsernameKind = 'username' | 'email' | 'phoneNumber' | 'emailOrPhoneNumber'

/** An identity provider that the user can sign in with. */
export interface ProviderChoice {
  /** The provider's name in the pool. */
  readonly name: string
  /** What the user reads. */
  readonly label: string
  /** Where choosing it leads. */
  readonly href: string
  /** Whether it is one of the social ones, which Cognito has buttons of their own for. */
  readonly isSocial?: boolean
  /** The address of its icon. */
  readonly icon?: string | undefined
}

/**
 * The sign-in page, with the form and field names of Cognito's classic hosted pages (docs/facts/oauth-and-federation.md
 * §10.2). The box for an e-mail address or domain posts `idp_identifier` to the same action.
 */
export function signInPage(view: SignInView, words: Words): string {
  const { signIn, common } = words
  const { look } = view
  const title = signIn.title(view.clientName)
  const external = view.providers.length > 0 || view.identifierForm
  const parts = [view.local && localForm(view, words), external && corporate(view, words)]
  const [first, second] = view.providersFirst ? parts.toReversed() : parts
  return page(
    {
      title,
      refused: view.error !== undefined,
      look,
      scripts: view.scripts ?? [],
      poolName: view.poolName,
      subject: 'password',
    },
    words,
    html`<h1>${within(signIn.title, html`<span class="app">${view.clientName}</span>`)}</h1>
${view.local && html`<p class="${classesOf(look).lead}">${leadOf(view, words)}</p>`}
${noticeOf(look, view.notice)}
${view.error !== undefined && errorMessage(view, view.error, words)}
${first}
${view.local && external && html`<p class="or"><span>${common.or}</span></p>`}
${second}
${!view.local && !external && html`<p class="notice">${signIn.noWayIn}</p>`}
${view.signUp !== undefined && linksOf(look, within(signIn.needAccount, html`<a href="${view.signUp}">${signIn.signUp}</a>`))}`,
  )
}

const leadOf = (
  { usernameKind = 'username', usernameOnly }: SignInView,
  { signIn, common }: Words,
): string => (usernameOnly ? signIn.lead : signIn.withPassword(common[usernameKind].toLowerCase()))

const errorMessage = (view: SignInView, error: string, words: Words): Html =>
  html`<p id="loginErrorMessage" class="${classesOf(view.look).error}" role="alert" tabindex="-1"${focusOf(view) === 'error' && html` autofocus`}>${refusalIn(words, error)}</p>
${whyOf(view.why, words)}`

/** Where typing goes when the page opens: the first field to fill in or to mend, else what was refused. */
function focusOf({ local, username, errorIn, identifierForm, usernameOnly }: SignInView) {
  if (identifierForm && (!local || errorIn === 'identifier')) return 'identifier'
  if (local) return username && !usernameOnly ? 'password' : 'username'
  return 'error'
}

const usernameType = {
  username: 'text',
  email: 'email',
  phoneNumber: 'tel',
  emailOrPhoneNumber: 'text',
} as const

/** The attributes of a field for the user name. */
export const usernameAttributes = html` autocapitalize="none" autocorrect="off" spellcheck="false"`

function localForm(view: SignInView, words: Words): Html {
  const { look, username, error, errorIn = 'credentials', usernameKind = 'username', usernameOnly } = view
  const focus = focusOf(view)
  const mistakes = error !== undefined && errorIn === 'credentials' ? [{ text: error }] : []
  const told = { mistakes, isSaidElsewhere: true, describedBy: [mistakes.length > 0 && 'loginErrorMessage'] }
  const { signIn, common } = words
  return formOf(
    view,
    { name: 'cognitoSignInForm', hidden: { cognitoAsfData: '' } },
    html`${field(look, {
      name: 'username',
      id: 'signInFormUsername',
      label: common[usernameKind],
      type: look.face === 'classic' ? 'text' : usernameType[usernameKind],
      value: username,
      autocomplete: 'username',
      more: usernameAttributes,
      focus: focus === 'username',
      ...told,
    })}
${
  !usernameOnly &&
  html`${field(look, {
    name: 'password',
    id: 'signInFormPassword',
    label: common.password,
    type: 'password',
    autocomplete: 'current-password',
    focus: focus === 'password',
    ...told,
  })}
${showPassword('signInFormPassword', words)}`
}
${submit(look, usernameOnly ? signIn.next : signIn.submit, html` name="signInSubmitButton" value="Sign in"`)}
${view.passkeys && html`<button class="${classesOf(look).quiet}" type="submit" name="passkey" value="use" formnovalidate>${key}${signIn.withPasskey}</button>`}
${view.forgotPassword !== undefined && !usernameOnly && linksOf(look, html`<a href="${view.forgotPassword}">${signIn.forgotPassword}</a>`)}`,
  )
}

/** Everybody else who may vouch for the user. A single provider is a heading that is itself the way in. */
function corporate(view: SignInView, words: Words): Html {
  const { look, providers } = view
  const { corporateId, continueAt } = words.signIn
  const classes = classesOf(look)
  const [only, ...others] = providers
  if (only !== undefined && others.length === 0 && !view.identifierForm && !only.isSocial)
    return html`<section class="stack" aria-labelledby="corporate">
<h2><a class="${classes.provider}" id="corporate" href="${only.href}" data-provider="${only.name}" aria-describedby="corporateProvider">${iconOf(only)}${corporateId}</a></h2>
<p class="through ${classes.providerHeading}" id="corporateProvider">${within(continueAt, html`<strong>${only.label}</strong>`)}</p>
</section>`
  const social = providers.filter(({ isSocial }) => isSocial)
  const other = providers.filter(({ isSocial }) => !isSocial)
  return html`${
    social.length > 0 &&
    html`<section class="stack" aria-labelledby="social">
<h2 id="social" class="${classes.providerHeading}">${words.signIn.socialAccount}</h2>
${choiceOf(view, social, words)}
<p class="legal legalText-customizable">${words.signIn.wePostNothing}</p>
</section>`
  }
${
  (other.length > 0 || view.identifierForm) &&
  html`<section class="stack" aria-labelledby="corporate">
<h2 id="corporate" class="${classes.providerHeading}">${corporateId}</h2>
${view.identifierForm && identifierForm(view, words)}
${other.length > 0 && choiceOf(view, other, words)}
</section>`
}`
}

function choiceOf(view: SignInView, providers: readonly ProviderChoice[], { signIn, common }: Words): Html {
  const { look, asList } = view
  const classes = classesOf(look)
  if (asList === undefined)
    return html`<ul class="providers">${providers.map(
      provider =>
        html`<li><a class="${provider.isSocial && look.face === 'classic' ? `${classes.provider} socialButton-customizable` : classes.provider}" href="${provider.href}" data-provider="${provider.name}">${iconOf(provider)}<span>${signIn.continueWith(provider.label)}</span></a></li>`,
    )}</ul>`
  return html`<form class="stack" method="get" action="${asList.action}">
${Object.entries(asList.hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${field(look, {
  name: 'identity_provider',
  label: signIn.provider,
  autocomplete: 'off',
  control: attributes =>
    html`<select class="${classes.input}"${attributes}>${providers.map(({ name, label }) => html`<option value="${name}">${label}</option>`)}</select>`,
})}
<button class="${classes.quiet}" type="submit">${common.continue}</button>
</form>`
}

const iconOf = ({ icon }: ProviderChoice): Html =>
  icon === undefined ? entrance : html`<img class="sign" src="${icon}" alt="" width="24" height="24">`

function identifierForm(view: SignInView, { signIn, common }: Words): Html {
  const { look, identifier, error, errorIn } = view
  const mistaken = error !== undefined && errorIn === 'identifier'
  return formOf(
    view,
    { name: 'identifierForm' },
    html`${field(look, {
      name: 'idp_identifier',
      id: 'idpIdentifier',
      label: signIn.workEmail,
      value: identifier,
      autocomplete: 'email',
      more: html` inputmode="email"${usernameAttributes}`,
      focus: focusOf(view) === 'identifier',
      mistakes: mistaken ? [{ text: error }] : [],
      isSaidElsewhere: true,
      describedBy: [mistaken && 'loginErrorMessage'],
    })}
<button class="${classesOf(look).quiet}" type="submit">${common.continue}</button>`,
  )
}
