import { icon, mark } from '../../http/brand.js'
import { type Html, html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import type { View } from '../page.js'
import type { Flash } from './flash.js'
import { navigation, poolNavigation, poolPath } from './navigation.js'
import { scriptPath } from './script.js'
import { stylesheetPath } from './stylesheet.js'

/** What the frame shows around every page. */
export interface Surroundings {
  readonly flash?: Flash | undefined
  /** A sentence about the clock, where it does not go with the system. */
  readonly clockNote?: string | undefined
  readonly version: string
}

/** A complete document around a page: one style sheet and one script of ours, nothing inline, nothing from elsewhere. */
export const documentOf = (view: View, surroundings: Surroundings): string =>
  html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${view.title} · Rockpool</title>
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="${stylesheetPath}">
<script src="${scriptPath}" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<div class="side">
<a class="brand" href="${consolePath}/">${mark}<span>Rockpool</span></a>
${navigation(view.section)}
<p class="more"><a href="${consolePath}/app?pick=1">Built-in app</a><span>Version ${surroundings.version}</span></p>
</div>
<main id="main" tabindex="-1">
${surroundings.clockNote !== undefined && html`<p class="clockNote"><a href="${consolePath}/time">${surroundings.clockNote}</a></p>`}
${breadcrumb(view)}
<div class="heading">
<div><h1>${view.title}</h1>${view.lead !== undefined && html`<p class="lead">${view.lead}</p>`}</div>
${view.actions !== undefined && html`<div class="actions">${view.actions}</div>`}
</div>
${view.pool !== undefined && view.tab !== undefined && poolNavigation(view.pool, view.tab)}
${surroundings.flash !== undefined && html`<p class="notice ${surroundings.flash.kind}" role="status">${surroundings.flash.text}</p>`}
${view.body}
</main>
</body>
</html>
`.toString()

function breadcrumb({ trail = [], pool, tab, title }: View): Html | false {
  const above =
    pool === undefined
      ? trail
      : [
          { label: 'User pools', href: `${consolePath}/pools` },
          ...(tab === 'overview' ? [] : [{ label: pool.name, href: poolPath(pool) }]),
          ...trail,
        ]
  return (
    above.length > 0 &&
    html`<nav class="trail" aria-label="Breadcrumb"><ol>${above.map(({ label, href }) => html`<li><a href="${href}">${label}</a></li>`)}<li aria-current="page">${title}</li></ol></nav>`
  )
}
