import type { Refusal } from '../core/refusal.js'
import type { UpstreamUser } from '../core/upstream-provider.js'
import { type Html, html } from '../lib/html.js'

/** The pages of the built-in providers: plain, without scripts. Who signs in is picked; nobody is asked for a password. */

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
}

export const signInPage = ({ title, name, users, clientId, action, unknown }: SignInView): string =>
  page(
    `Sign in · ${name}`,
    html`<h1>${title}: ${name}</h1>
<p>Sign in to continue to <code>${clientId}</code>. This identity provider is built into Rockpool and asks for no password.</p>
${unknown !== undefined && html`<p role="alert">There is no user “${unknown}” here. Pick one below, or add the user to the provider in the seed.</p>`}
<form method="post" action="${action}">
<ul>${users.map(user => html`<li>${userButton(user)}</li>`)}</ul>
</form>
<form method="post" action="${action}">
<p><label>Username <input name="username" autocomplete="username" required></label> <button>Sign in</button></p>
</form>`,
  )

const userButton = ({ username, claims }: UpstreamUser): Html =>
  html`<button name="username" value="${username}">${username}${claims.email !== undefined && ` (${String(claims.email)})`}</button>`

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
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.toString()
