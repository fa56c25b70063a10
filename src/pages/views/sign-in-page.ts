import { type Html, html, within } from '../../lib/html.js'
import { entrance, key } from '../look/art.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'

/** What the sign-in page shows. */
export interface SignInView {
  readonly poolName: string
  readonly clientName: string
  /** URL of the style sheet. */
  readonly stylesheet: string
  /** URL the forms post to. */
  readonly action: string
  readonly csrf: string
  /** Whether the form for user name and password is shown. */
  readonly local: boolean
  /** Whether that form has a button for passkeys. */
  readonly passkeys?: boolean | undefined
  /** Filled in already: a hint of the app, or what was entered before a mistake. */
  readonly username?: string | undefined
  /** One sentence for the user. */
  readonly error?: string | undefined
  /** Which form the error is about; that of user name and password unless said otherwise. */
  readonly errorIn?: 'credentials' | 'identifier' | undefined
  readonly providers: readonly ProviderChoice[]
  /** Whether there is a box for an e-mail address or domain, from which the provider follows. */
  readonly identifierForm: boolean
  /** What was entered in that box before a mistake. */
  readonly identifier?: string | undefined
}

/** Somebody else who may vouch for the user. */
export interface ProviderChoice {
  /** The provider's name in the pool. */
  readonly name: string
  /** What the user reads. */
  readonly label: string
  /** Where choosing it leads. */
  readonly href: string
}

/**
 * The sign-in page, with the form and field names of Cognito's classic hosted pages (oauth-and-federation.md
 * §10.2). The box for an e-mail address or domain posts `idp_identifier` to the same action.
 */
export function signInPage(view: SignInView, words: Words): string {
  const { signIn, common } = words
  const title = signIn.title(view.clientName)
  const external = view.providers.length > 0 || view.identifierForm
  return page(
    { title, refused: view.error !== undefined, stylesheet: view.stylesheet, poolName: view.poolName },
    words,
    html`<h1>${within(signIn.title, html`<span class="app">${view.clientName}</span>`)}</h1>
${view.error !== undefined && errorMessage(view.error, focusOf(view) === 'error')}
${view.local && localForm(view, words)}
${view.local && external && html`<p class="or"><span>${common.or}</span></p>`}
${external && corporate(view, words)}
${!view.local && !external && html`<p class="notice">${signIn.noWayIn}</p>`}`,
  )
}

const errorMessage = (error: string, focused: boolean): Html =>
  html`<p id="loginErrorMessage" class="notice bad errorMessage-customizable" role="alert" tabindex="-1"${focused && html` autofocus`}>${error}</p>`

/** Where typing goes when the page opens: the first field to fill in or to mend, else what was refused. */
function focusOf({ local, username, errorIn, identifierForm }: SignInView) {
  if (identifierForm && (!local || errorIn === 'identifier')) return 'identifier'
  if (local) return username ? 'password' : 'username'
  return 'error'
}

function localForm(view: SignInView, { signIn, common }: Words): Html {
  const { action, csrf, username, error, errorIn } = view
  const focus = focusOf(view)
  const mistake =
    error !== undefined &&
    errorIn !== 'identifier' &&
    html` aria-invalid="true" aria-describedby="loginErrorMessage"`
  return html`<form name="cognitoSignInForm" class="stack" method="post" action="${action}">
<input type="hidden" name="_csrf" value="${csrf}">
<input type="hidden" name="cognitoAsfData" value="">
<div class="field">
<label class="label-customizable" for="signInFormUsername">${common.username}</label>
<input class="inputField-customizable" id="signInFormUsername" name="username" type="text" value="${username}" autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false" required${mistake}${focus === 'username' && html` autofocus`}>
</div>
<div class="field">
<label class="label-customizable" for="signInFormPassword">${common.password}</label>
<input class="inputField-customizable" id="signInFormPassword" name="password" type="password" autocomplete="current-password" required${mistake}${focus === 'password' && html` autofocus`}>
</div>
<button class="button submitButton-customizable" type="submit" name="signInSubmitButton" value="Sign in">${signIn.submit}</button>
${view.passkeys && html`<button class="button quiet" type="submit" name="passkey" value="use" formnovalidate>${key}${signIn.withPasskey}</button>`}
</form>`
}

/** Everybody else who may vouch for the user. A single provider is a heading that is itself the way in. */
function corporate(view: SignInView, words: Words): Html {
  const { corporateId, continueAt, continueWith } = words.signIn
  const [only, ...others] = view.providers
  if (only !== undefined && others.length === 0 && !view.identifierForm)
    return html`<section class="stack" aria-labelledby="corporate">
<h2><a class="button quiet provider idpButton-customizable" id="corporate" href="${only.href}" data-provider="${only.name}" aria-describedby="corporateProvider">${entrance}${corporateId}</a></h2>
<p class="through idpDescription-customizable" id="corporateProvider">${within(continueAt, html`<strong>${only.label}</strong>`)}</p>
</section>`
  return html`<section class="stack" aria-labelledby="corporate">
<h2 id="corporate">${corporateId}</h2>
${view.identifierForm && identifierForm(view, words)}
${
  view.providers.length > 0 &&
  html`<ul class="providers">${view.providers.map(
    ({ name, label, href }) =>
      html`<li><a class="button quiet provider idpButton-customizable" href="${href}" data-provider="${name}">${entrance}<span>${continueWith(label)}</span></a></li>`,
  )}</ul>`
}
</section>`
}

function identifierForm(view: SignInView, { signIn, common }: Words): Html {
  const { action, csrf, identifier, error, errorIn } = view
  const mistaken = error !== undefined && errorIn === 'identifier'
  return html`<form class="stack" name="identifierForm" method="post" action="${action}">
<input type="hidden" name="_csrf" value="${csrf}">
<div class="field">
<label class="label-customizable" for="idpIdentifier">${signIn.workEmail}</label>
<input class="inputField-customizable" id="idpIdentifier" name="idp_identifier" type="text" inputmode="email" value="${identifier}" autocomplete="email" autocapitalize="none" autocorrect="off" spellcheck="false" required${mistaken && html` aria-invalid="true" aria-describedby="loginErrorMessage"`}${focusOf(view) === 'identifier' && html` autofocus`}>
</div>
<button class="button quiet" type="submit">${common.continue}</button>
</form>`
}
