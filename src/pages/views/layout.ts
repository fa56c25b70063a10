import { type Html, html } from '../../lib/html.js'
import { drawings, mark, shoreLines } from '../look/art.js'
import { type ClassicLook, type Look, type ManagedLook, shownPicture } from '../look/look.js'
import type { Picture } from '../look/theme.js'
import type { Words } from '../words/english.js'

/** What a step of managed login is about: each has a picture of its own. */
export type Subject = 'password' | 'passkey' | 'email' | 'sms' | 'app'

/** What surrounds every hosted page. */
export interface Frame {
  /** What the page is for: the browser's title, which says so when something was refused. */
  readonly title: string
  /** Whether the page tells of something that was refused. */
  readonly refused: boolean
  readonly look: Look
  /** URLs of the page's scripts. */
  readonly scripts?: readonly string[]
  /** The pool whose page this is; absent when no pool could be told from the request. */
  readonly poolName?: string | undefined
  readonly subject?: Subject | undefined
}

/**
 * A complete document around the body of a page. It has no inline script, no inline style and no outside resource, so
 * that it works under `default-src 'none'; style-src 'self'; img-src 'self' data:`, with `script-src 'self'` for scripts.
 */
export function page(frame: Frame, words: Words, body: Html): string {
  const { title, refused, look, scripts = [], poolName } = frame
  const fullTitle = `${refused ? words.frame.refusedTitle(title) : title} · ${poolName ?? 'Rockpool'}`
  return html`<!doctype html>
<html lang="${words.language}"${look.face === 'classic' && look.isCustom && html` class="light"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${fullTitle}</title>
${look.face === 'managed' ? managedIcons(look) : ownIcon}
${look.sheets.map(sheet => html`<link rel="stylesheet" href="${sheet}">`)}
${scripts.map(script => html`<script src="${script}" defer></script>`)}
</head>
${look.face === 'managed' ? managedBody(frame, look, words, body) : classicBody(frame, look, words, body)}
</html>
`.toString()
}

function classicBody({ poolName }: Frame, look: ClassicLook, words: Words, body: Html): Html {
  if (look.isCustom)
    return html`<body class="customised">
<div class="sheet background-customizable">
<header class="banner-customizable">${look.logo !== undefined && html`<img class="logo-customizable" src="${look.logo}" alt="">`}</header>
<main>
${body}
</main>
</div>
${footer(words, poolName, look)}
</body>`
  return html`<body class="background-customizable">
<header class="pool water-${waterOf(poolName ?? '')} banner-customizable">
<div class="view">
${shoreLines}
<p class="brand">${mark}<span>Rockpool</span></p>
${poolName !== undefined && html`<p class="place"><span class="kind">${words.frame.userPool}</span> <span class="name">${poolName}</span></p>`}
</div>
</header>
<main>
${body}
</main>
${footer(words, poolName, look)}
</body>`
}

/** What Rockpool says of itself: whose pages these are, and that nobody has said which pages they want. */
const footer = ({ frame }: Words, poolName: string | undefined, look: Look): Html =>
  html`<footer><p>Rockpool · ${poolName !== undefined && html`${frame.emulated(poolName)} · `}${look.face === 'classic' && look.isChosen === false && html`<span title="The domain has no ManagedLoginVersion. Version 2 is managed login.">${classicByDefault}</span> · `}${frame.notForProduction}</p></footer>`

/** The classic pages know English only (fact P37). */
const classicByDefault = 'classic pages by default'

function managedBody(frame: Frame, look: ManagedLook, words: Words, body: Html): Html {
  const { categories, components } = look.settings
  const { enabled, formInclusion, location, position } = components.form.logo
  const logo = enabled && image(shownPicture(look, 'FORM_LOGO'), `logo at-${location.toLowerCase()}`)
  const outside = formInclusion === 'OUT' && logo
  const inside = formInclusion === 'IN' && logo
  const drawing = categories.form.displayGraphics && frame.subject && graphic(look, frame.subject)
  return html`<body class="managed">
${bar(look, 'pageHeader', undefined)}
<div class="stage">
<div class="place">
${position === 'TOP' && outside}
<main class="card">
${position === 'TOP' && inside}
${drawing}
${body}
${position !== 'TOP' && inside}
</main>
${position !== 'TOP' && outside}
</div>
</div>
${bar(look, 'pageFooter', footer(words, frame.poolName, look))}
</body>`
}

const assetsOf = { pageHeader: 'PAGE_HEADER_LOGO', pageFooter: 'PAGE_FOOTER_LOGO' } as const

/** The bar above or below the page, where the style has it. What Rockpool says stands below in any case. */
function bar(look: ManagedLook, which: 'pageHeader' | 'pageFooter', note: Html | undefined): Html {
  const { categories, components } = look.settings
  const { logo } = components[which]
  const picture =
    logo.enabled && image(shownPicture(look, assetsOf[which]), `logo at-${logo.location.toLowerCase()}`)
  const drawn =
    categories.global[which].enabled &&
    html`<div class="bar ${which === 'pageHeader' ? 'top' : 'bottom'}">${picture}</div>`
  return which === 'pageHeader' ? html`${drawn && html`<header>${drawn}</header>`}` : html`${drawn}${note}`
}

const graphics = {
  password: 'PASSWORD_GRAPHIC',
  passkey: 'PASSKEY_GRAPHIC',
  email: 'EMAIL_GRAPHIC',
  sms: 'SMS_GRAPHIC',
  app: 'AUTH_APP_GRAPHIC',
} as const

const graphic = (look: ManagedLook, subject: Subject): Html =>
  html`<div class="graphic">${image(shownPicture(look, graphics[subject]), '') || drawings[subject]}</div>`

/** A picture that decorates; its dark form where the browser wants that. */
function image({ light, dark }: Picture, className: string): Html | false {
  if (light === undefined && dark === undefined) return false
  if (dark === undefined || light === undefined || dark === light)
    return html`<img class="${className}" src="${light ?? dark}" alt="">`
  return html`<picture><source media="(prefers-color-scheme: dark)" srcset="${dark}"><img class="${className}" src="${light}" alt=""></picture>`
}

/** The icons of a style, of the kinds that it enables; Rockpool's mark where it has none. */
function managedIcons(look: ManagedLook): Html {
  const kinds = look.settings.components.favicon.enabledTypes
  const links = (['ICO', 'SVG'] as const).flatMap(kind => {
    const { light } = kinds.includes(kind) ? shownPicture(look, `FAVICON_${kind}`) : {}
    return light === undefined
      ? []
      : [html`<link rel="icon" type="${kind === 'SVG' ? 'image/svg+xml' : 'image/x-icon'}" href="${light}">`]
  })
  return links.length === 0 ? ownIcon : html`${links}`
}

/** How many colours of water there are in the style sheet. */
export const waters = 4

/**
 * The colour of a pool's water. It follows from the name, so that a person who is sent from one pool to another
 * sees that they are somewhere else; names that differ in their last digit by one always differ in colour.
 */
export const waterOf = (poolName: string): number =>
  [...poolName].reduce((sum, character) => sum + (character.codePointAt(0) ?? 0), 0) % waters

/** The mark as a favicon: without one browsers ask for `/favicon.ico`. */
const ownIcon = html`<link rel="icon" href="${`data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="#0b6872"/><path fill="#fff" d="M5 17c1.83-2.4 3.67-2.4 5.5 0s3.67 2.4 5.5 0 3.67-2.4 5.5 0 3.67 2.4 5.5 0a11 11 0 0 1-22 0z"/></svg>',
)}`}">`
