import { createHash } from 'node:crypto'
import { baseStyles, lightColours } from '../../http/look.js'

/** The colours of pools, by `waterOf`: white text is legible on each. */
export const waterColours: { readonly light: readonly string[]; readonly dark: readonly string[] } = {
  light: ['#0a5560', '#1c4676', '#27543f', '#493a70'],
  dark: ['#0a3a43', '#142f52', '#1a3b2d', '#322750'],
}

const waterRules = (colours: readonly string[]): string =>
  colours.map((colour, water) => `.water-${water}{--water:${colour}}`).join('')

/**
 * The style sheet of the classic pages, in a layer, so that whatever a pool's owner has set goes before it: on a wide window the pool beside what is asked, on a narrow one above it.
 */
export const stylesheet: string = `@layer rockpool{${baseStyles}
${waterRules(waterColours.light)}
@media (prefers-color-scheme:dark){${waterRules(waterColours.dark)}}

body{display:grid;min-height:100vh;min-height:100svh;grid-template:auto 1fr auto / minmax(0,1fr)}
main{width:100%;max-width:27rem;margin:0 auto;padding:2rem 1.25rem;display:grid;align-content:start;gap:1.5rem}
footer{padding:1rem 1.25rem 1.25rem;color:var(--muted);font-size:.8125rem;text-align:center;text-wrap:balance}

.pool{min-width:0;overflow:clip;background:var(--water);color:#fff}
.view{position:relative;display:flex;align-items:center;justify-content:space-between;gap:1rem;padding:.875rem 1.25rem}
.view>p{position:relative}
.depths{position:absolute;width:26rem;right:-11rem;top:-14rem;pointer-events:none}
.depths use:nth-of-type(n+4){display:none}
.brand{display:flex;align-items:center;gap:.625rem;font-weight:650;letter-spacing:-.01em}
.mark{width:1.625rem;height:1.625rem;flex:none}
.place{min-width:0;text-align:right;line-height:1.25}
.place .kind{display:block;font-size:.75rem}
.place .name{display:block;font-weight:600;overflow-wrap:anywhere}

.app{overflow-wrap:anywhere}
.lead{color:var(--muted)}
main>h1+.lead{margin-top:-1rem}
main [tabindex="-1"]:focus{outline:none}
.lead .app{color:var(--text)}
.stack{display:grid;gap:1.125rem}
.stack>.button{width:100%}
form.stack>.button{margin-top:.375rem}

.or{display:flex;align-items:center;gap:1rem;color:var(--muted);font-size:.875rem}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--line)}
.providers{display:grid;gap:.75rem;padding:0;list-style:none}
.provider{width:100%;padding-left:1rem;padding-right:1rem;overflow-wrap:anywhere}
.providers .provider{justify-content:flex-start;text-align:left}
h2>.provider{font-size:1rem;letter-spacing:0}
.sign{flex:none;color:var(--accent)}
.submitButton-customizable .sign{color:inherit}
.remember{display:flex;gap:.5rem;align-items:center}
.otherwise{text-align:center}
.through{margin-top:-.5rem;color:var(--muted);font-size:.875rem;text-align:center;overflow-wrap:anywhere}
.through strong{color:var(--text)}

.field.fixed input{border-color:transparent;background:var(--sunken)}
.rules{color:var(--muted);font-size:.875rem}
.rules ul{display:grid;gap:.125rem;margin-top:.25rem;padding:0;list-style:none}
.rules li{position:relative;padding-left:1.5rem}
.rules li:not(.met):not(.broken)::before{content:"";position:absolute;left:.4375rem;top:.5em;width:.3125rem;height:.3125rem;border-radius:50%;background:var(--edge)}
.rules .met{color:var(--good)}
.rules .broken{color:var(--danger);font-weight:600}
.notice ul{display:grid;gap:.25rem;padding:0;list-style:none}

.code{font-variant-numeric:tabular-nums;letter-spacing:.12em}
.picture img{display:block;margin:0 auto;border-radius:.5rem}
.key{text-align:center;overflow-wrap:anywhere}

.linklike{padding:0;border:0;background:none;color:var(--accent);font:inherit;text-decoration:underline;text-underline-offset:.2em;text-decoration-thickness:1px;cursor:pointer}
.linklike:hover{color:var(--accentStrong)}
.show{justify-self:start;margin-top:-.75rem;padding:.125rem .25rem;border:0;background:none;color:var(--accent);font:inherit;font-size:.875rem;text-decoration:underline;text-underline-offset:.2em;cursor:pointer}
.show[aria-pressed=true]{font-weight:600}
.button:disabled{opacity:.55;cursor:not-allowed}
[hidden]{display:none!important}
.rule .sign{position:absolute;left:.25rem;color:inherit}
.checkPassword-confirmPassword{margin-top:-.75rem;font-size:.875rem}
.checkPassword-confirmPassword.met{color:var(--good)}
.checkPassword-confirmPassword.broken{color:var(--danger)}
.terms,.legal{color:var(--muted);font-size:.875rem}
.choices{margin:0;padding:0;border:0;display:grid;gap:.5rem}
.choice{display:flex;gap:.75rem;align-items:center;padding:.75rem 1rem;border:1px solid var(--edge);border-radius:var(--radius);background:var(--surface)}
.choice input{width:1.125rem;height:1.125rem;accent-color:var(--accent)}
.choice label{flex:1}
.key summary,.why summary{cursor:pointer}
details.why{margin-top:-.75rem;font-size:.875rem;color:var(--muted)}
details.why dl{padding-top:.5rem}

:root.light{color-scheme:light;${lightColours}}
.customised{display:grid;grid-template:1fr auto / minmax(0,1fr);justify-items:center;background:#f2f2f2;min-height:100svh}
.customised .sheet{align-self:center;width:100%;max-width:26rem;margin:2rem 1rem;border:1px solid #c9c9c9;border-radius:.375rem;overflow:clip;background-color:#fff;box-shadow:0 5px 15px rgb(0 0 0 / .18)}
.customised .banner-customizable{padding:25px 0;background-color:lightgray;text-align:center;min-height:0}
.customised .logo-customizable{max-width:60%;max-height:8rem;margin:0 auto;display:block}
.customised main{max-width:none;padding:1.5rem;gap:.875rem}
.customised main>h1+.lead{margin-top:0}
.customised .label-customizable{font-weight:400}
.customised .textDescription-customizable,.customised .idpDescription-customizable{margin:0;padding-top:10px;padding-bottom:10px;display:block;font-size:16px}
.customised .inputField-customizable{width:100%;min-height:0;height:34px;padding:.25rem .75rem;color:#555;background-color:#fff;border:1px solid #767676;border-radius:4px}
.customised .submitButton-customizable{min-height:0;width:100%;height:40px;margin:20px 0 10px;padding:0 1rem;font-size:14px;font-weight:bold;color:#fff;background-color:#337ab7;border-radius:4px}
.customised .submitButton-customizable:hover{color:#fff;background-color:#286090}
.customised .idpButton-customizable,.customised .socialButton-customizable{min-height:40px;width:100%;border-radius:4px}
.customised .errorMessage-customizable{padding:5px;font-size:14px;width:100%;background:#f5f5f5;border:2px solid #d64958;color:#b3202f;border-radius:0}
.customised .legalText-customizable{color:#6b6b6b;font-size:11px}

.failure{display:grid;gap:.75rem}
.failure .lead{font-size:1.0625rem;overflow-wrap:anywhere}
.why{display:grid;gap:.75rem;font-size:.9375rem;overflow-wrap:anywhere}
.why h2{font-size:1rem}
.why .aside{color:var(--muted);font-weight:400;letter-spacing:0}
.why dl{display:grid;gap:.125rem}
.why dt{color:var(--muted);font-size:.8125rem}
.why dd+dt{margin-top:.5rem}

@media (min-width:60rem){
body{grid-template:1fr auto / minmax(20rem,2fr) minmax(0,3fr)}
.pool{grid-row:1 / span 2}
.view{position:sticky;top:0;height:100vh;height:100svh;flex-direction:column;align-items:flex-start;padding:2.5rem}
.place{text-align:left}
.place .kind{font-size:.9375rem}
.place .name{font-size:1.75rem;line-height:1.2;letter-spacing:-.02em}
.depths{width:46rem;top:auto;right:-19rem;bottom:-9rem}
.depths use:nth-of-type(n){display:inline}
main{align-content:center;padding:3rem 2rem}
}
@media (forced-colors:active){.pool{border-bottom:1px solid}.depths{display:none}}
}
`

/** Changes whenever the style sheet does; for its URL, so that browsers may keep it for good. */
export const stylesheetHash: string = createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)

/** Where the style sheet is found; another content has another address. */
export const stylesheetUrl = `/_rockpool/assets/pages-${stylesheetHash}.css`
