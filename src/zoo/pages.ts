import type { Refusal } from '../core/refusal.js'
import { type UpstreamUser, zooPath } from '../core/upstream-provider.js'
import { type Html, html } from '../lib/html.js'
import { stylesheetPath } from './stylesheet.js'

/** The pages of the built-in providers. The person picks a user; there are no passwords. */

export interface SignInView {
  /** What the provider calls itself. */
  readonly title: string
  readonly name: string
  readonly users: readonly UpstreamUser[]
  /** The client that the user signs in for. */
  readonly clientId: string
  /** Where the form is posted. */
  readonly action: string
  /** A username that was typed and that nobody has. */
  readonly unknown?: string
  /** What the provider may be made to do wrong; those that it does already are ticked. */
  readonly quirks?: readonly { readonly name: string; readonly isOn: boolean }[]
  /** Whether users may be typed whom the provider does not have, and claims changed. */
  readonly takesAnybody?: boolean
  /** Hidden fields that the form brings along. */
  readonly carried?: Readonly<Record<string, string>>
}

export const signInPage = (view: SignInView): string => {
  const { title, name, users, clientId, action, unknown } = view
  const carried = hidden(view.carried ?? {})
  return page(
    `Sign in · ${name}`,
    html`<h1>${title}: ${name}</h1>
<p>Sign in to continue to <code>${clientId}</code>. This identity provider is built into Rockpool and asks for no password.</p>
${unknown !== undefined && html`<p class="notice bad" role="alert">There is no user “${unknown}” here. Pick one below, or add the user to the provider in the seed.</p>`}
<form name="pickUserForm" method="post" action="${action}">${carried}
<ul class="people">${users.map(user => html`<li>${userButton(user)}</li>`)}</ul>
</form>
<form name="nameUserForm" method="post" action="${action}">${carried}
<div class="field"><label for="username">Username</label><input id="username" name="username" autocomplete="username" required></div>
<button class="button">Sign in</button>
${view.takesAnybody && claimsField}
${view.quirks && quirkFields(view.quirks)}
</form>
${
  view.takesAnybody &&
  html`<form method="post" action="${action}">${carried}<button class="button quiet" name="cancel" value="yes">Cancel</button></form>`
}`,
  )
}

const claimsField = html`<details><summary>Change what is said of the user</summary>
<div class="field"><label for="claims">Claims, as JSON; they take the place of those above</label><textarea id="claims" name="claims" rows="6" placeholder="{ &quot;email&quot;: &quot;ann@example.com&quot; }"></textarea></div></details>`

const quirkFields = (quirks: NonNullable<SignInView['quirks']>): Html =>
  html`<details><summary>Make it go wrong</summary>
<ul class="quirks">${quirks.map(({ name, isOn }) => html`<li><label><input type="checkbox" name="quirk" value="${name}"${isOn && html` checked`}> ${name}</label></li>`)}</ul></details>`

const userButton = ({ username, claims }: UpstreamUser): Html =>
  html`<button class="button quiet" name="username" value="${username}">${username}${claims.email !== undefined && html` <small>${String(claims.email)}</small>`}</button>`

const hidden = (fields: Readonly<Record<string, string>>): Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

/** Takes a browser back to where it came from, by a form that posts itself where scripts are allowed. */
export const answerPage = (postTo: string, fields: Readonly<Record<string, string>>): string =>
  page(
    'Going back',
    html`<h1>Going back to ${new URL(postTo).host}</h1>
<form name="answerForm" method="post" action="${postTo}">
${hidden(fields)}
<button class="button" autofocus>Continue</button>
</form>
<script src="${answerScriptPath}"></script>`,
  )

export const answerScriptPath = `${zooPath}/answer.js`
export const answerScript = `'use strict'
document.forms.answerForm.submit()
`

export const problemPage = ({ told, explanation }: Pick<Refusal, 'told' | 'explanation'>): string =>
  page(
    'Something is wrong',
    html`<h1>${told}</h1>
<p>${explanation.because}</p>
<p>${explanation.remedy}</p>`,
  )

const page = (title: string, body: Html): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<link rel="stylesheet" href="${stylesheetPath}">
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.toString()
