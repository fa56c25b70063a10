import { icon, mark } from '../../http/brand.js'
import { type Html, html } from '../../lib/html.js'
import { appPath } from '../client.js'
import { scriptPath } from './script.js'
import { stylesheetPath } from './stylesheet.js'

/** The story that the relying party tells, step by step. */
export const story = [
  { id: 'pick', label: 'Pick a client' },
  { id: 'sign-in', label: 'Sign in' },
  { id: 'callback', label: 'See the callback' },
  { id: 'tokens', label: 'Read the tokens' },
  { id: 'after', label: 'Refresh, sign out' },
] as const
export type StepId = (typeof story)[number]['id']

/** A complete document around the body of a page: one style sheet, and one script, which copies. */
export function page(title: string, step: StepId, body: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · Rockpool app</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${stylesheetPath}">
<script src="${scriptPath}" defer></script>
</head>
<body>
<header class="top">
<a class="brand" href="${appPath}?pick=1">${mark}<span>Rockpool</span></a>
<p>Built-in app</p>
</header>
${steps(step)}
<main>
${body}
</main>
<footer><p>This app is a relying party like yours. It reaches the pools over HTTP only. <a href="/_rockpool/flights">Every sign-in, hop by hop</a></p></footer>
</body>
</html>
`.toString()
}

function steps(current: StepId): Html {
  const at = story.findIndex(({ id }) => id === current)
  return html`<nav class="story" aria-label="Steps of a sign-in"><ol>${story.map(
    ({ label }, index) =>
      html`<li class="${index < at ? 'done' : index === at ? 'now' : 'next'}"${index === at && html` aria-current="step"`}><span class="number" aria-hidden="true">${index < at ? '✓' : index + 1}</span><span class="label">${label}</span></li>`,
  )}</ol></nav>`
}
