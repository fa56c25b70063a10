import type { Refusal } from '../core/refusal.js'
import { type UpstreamUser, zooPath } from '../core/upstream-provider.js'
import { quirks, type UpstreamQuirk } from '../core/upstream-quirks.js'
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
  /** What the provider may be made to do wrong; those that it does already are ticked. */
  readonly quirks: readonly { readonly name: UpstreamQuirk; readonly isOn: boolean }[]
  /** Hidden fields that the form brings along. */
  readonly carried?: Readonly<Record<string, string>>
}

/**
 * One form for all, so that a user who is picked signs in with the claims and quirks that were chosen. A hidden button comes first:
 * it is the one that the Enter key presses, and not the first user.
 */
export const signInPage = (view: SignInView): string => {
  const { title, name, users, clientId, action, quirks } = view
  return page(
    `Sign in · ${name}`,
    html`<h1>${title}: ${name}</h1>
<p>Sign in to continue to <code>${clientId}</code>. This identity provider is built into Rockpool and asks for no password.</p>
<form name="nameUserForm" method="post" action="${action}">${hidden({ ...view.carried, quirksShown: 'yes' })}
<button hidden>Sign in</button>
<ul class="people">${users.map(user => html`<li>${userButton(user)}</li>`)}</ul>
<div class="field"><label for="username">Username</label><input id="username" name="username" autocomplete="username"></div>
<button class="button">Sign in</button>
${claimsField}
${quirkFields(quirks)}
<button class="button quiet" name="cancel" value="yes">Cancel</button>
</form>`,
  )
}

const claimsField = html`<details><summary>Change what is said of the user</summary>
<div class="field"><label for="claims">Claims, as JSON; they take the place of those above</label><textarea id="claims" name="claims" rows="6" placeholder="{ &quot;email&quot;: &quot;ann@example.com&quot; }"></textarea></div></details>`

const quirkFields = (offered: SignInView['quirks']): Html =>
  html`<details><summary>Make it go wrong</summary>
<ul class="quirks">${offered.map(({ name, isOn }) => html`<li><label title="The provider ${quirks[name].does}. ${quirks[name].outcome}"><input type="checkbox" name="quirk" value="${name}"${isOn && html` checked`}> ${name}</label></li>`)}</ul></details>`

const userButton = ({ username, claims }: UpstreamUser): Html =>
  html`<button class="button quiet" name="pick" value="${username}">${username}${claims.email !== undefined && html` <small>${String(claims.email)}</small>`}</button>`

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
