import { explainedStyles } from './explained.js'

/**
 * How everything of Rockpool's that a browser shows looks: the colours by their role, and the styles of plain
 * elements, fields and buttons. The hosted pages and the console add what only they have.
 *
 * System fonts only, nothing fetched, nothing that a strict content security policy would stop.
 */

/** The colours of one scheme, by role. Text roles are legible (4.5 : 1) on `ground`, `surface` and `sunken`. */
export interface Colours {
  /** Behind everything. */
  readonly ground: string
  /** Cards and fields. */
  readonly surface: string
  /** Quiet boxes within a surface. */
  readonly sunken: string
  readonly text: string
  readonly muted: string
  /** Lines that only decorate. */
  readonly line: string
  /** Borders of controls: 3 : 1 on `surface` and `ground`. */
  readonly edge: string
  /** Links and the main button. */
  readonly accent: string
  /** The accent under the pointer. */
  readonly accentStrong: string
  /** Text on either accent. */
  readonly onAccent: string
  readonly focus: string
  readonly danger: string
  /** Behind a message of what went wrong. */
  readonly dangerGround: string
  readonly good: string
}

export const colours: { readonly light: Colours; readonly dark: Colours } = {
  light: {
    ground: '#f6f9f9',
    surface: '#ffffff',
    sunken: '#eef4f4',
    text: '#10262d',
    muted: '#4c626a',
    line: '#dbe5e6',
    edge: '#7a9099',
    accent: '#0b6872',
    accentStrong: '#074f58',
    onAccent: '#ffffff',
    focus: '#1a66d6',
    danger: '#ab231b',
    dangerGround: '#fdf0ee',
    good: '#1c6838',
  },
  dark: {
    ground: '#0b1519',
    surface: '#111f25',
    sunken: '#172930',
    text: '#e7f1f2',
    muted: '#a3b8be',
    line: '#24383f',
    edge: '#6c8791',
    accent: '#63cbd2',
    accentStrong: '#8ee0e5',
    onAccent: '#04252a',
    focus: '#8dbbff',
    danger: '#ffa197',
    dangerGround: '#2c1816',
    good: '#83dba1',
  },
}

const declarations = (scheme: Colours): string =>
  Object.entries(scheme)
    .map(([role, colour]) => `--${role}:${colour};`)
    .join('')

/** The colours of the light scheme, for parts that are light whatever the browser prefers. */
export const lightColours: string = declarations(colours.light)

/**
 * The shared part of every style sheet: the custom properties (`--accent`, … for each role of `Colours`, and
 * `--radius`, `--sans`, `--mono`), plain elements, `.button` (`.button.quiet`), `.field`, `.notice`
 * (`.notice.bad`) and `.unseen` (for screen readers only).
 */
export const baseStyles: string = `
:root{color-scheme:light dark;${declarations(colours.light)}
--radius:10px;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans","Liberation Sans",Arial,sans-serif;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace}
@media (prefers-color-scheme:dark){:root{${declarations(colours.dark)}}}

*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--ground);color:var(--text);font:400 1rem/1.5 var(--sans);
-webkit-font-smoothing:antialiased;text-rendering:optimizeLegibility;overflow-wrap:break-word}
h1,h2,h3{margin:0;font-weight:650;line-height:1.2;letter-spacing:-.015em;text-wrap:balance}
h1{font-size:1.75rem;letter-spacing:-.025em}
h2{font-size:1.0625rem}
p,ul,ol,dl,dd{margin:0}
strong{font-weight:600}
code,pre{font-family:var(--mono);font-size:.9em}
svg{display:block}
a{color:var(--accent);text-underline-offset:.2em;text-decoration-thickness:1px}
a:hover{color:var(--accentStrong)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}

.button{display:inline-flex;align-items:center;justify-content:center;gap:.75rem;min-height:3rem;padding:.625rem 1.25rem;
border:1px solid transparent;border-radius:var(--radius);background:var(--accent);color:var(--onAccent);
font:600 1rem/1.35 var(--sans);text-align:center;text-decoration:none;cursor:pointer}
.button:hover{background:var(--accentStrong);color:var(--onAccent)}
.button.quiet{border-color:var(--edge);background:var(--surface);color:var(--text)}
.button.quiet:hover{border-color:var(--accent);background:var(--sunken);color:var(--text)}

.field{display:grid;gap:.375rem}
.field label{font-size:.9375rem;font-weight:600}
.field input,.field select,.field textarea{width:100%;min-height:3rem;padding:.625rem .875rem;border:1px solid var(--edge);
border-radius:var(--radius);background:var(--surface);color:var(--text);font:inherit}
.field input:hover,.field select:hover,.field textarea:hover{border-color:var(--accent)}
.field input:focus-visible,.field select:focus-visible,.field textarea:focus-visible{border-color:var(--focus);
outline:3px solid var(--focus);outline-offset:-1px}
.field input[aria-invalid=true]{border-color:var(--danger);box-shadow:inset 0 0 0 1px var(--danger)}
.field .hint{color:var(--muted);font-size:.875rem}
.field .mistake{color:var(--danger);font-size:.875rem;font-weight:600}

.notice{padding:.875rem 1rem;border:1px solid var(--line);border-radius:var(--radius);background:var(--sunken)}
.notice.bad{border-color:var(--danger);background:var(--dangerGround);color:var(--danger);font-weight:600}
.notice.bad a{color:inherit}

.unseen{position:absolute;width:1px;height:1px;margin:-1px;padding:0;border:0;overflow:hidden;
clip-path:inset(50%);white-space:nowrap}

${explainedStyles}
@media (prefers-reduced-motion:no-preference){
.button,.field input,.field select{transition:background-color .15s,border-color .15s,color .15s}
}
@media (forced-colors:active){.button{border-color:currentColor}}
`.trim()
