import { createHash } from 'node:crypto'
import { explainedStyles } from '../../http/explained.js'

/**
 * The style sheet of managed login: the shape of the pages. Its colours, radii and pictures are custom properties that the
 * sheet of each style sets (`theme.ts`), so that one sheet serves them all. Fonts are those of the system, also for Chinese,
 * Japanese and Korean.
 */
export const managedStylesheet: string = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
:root{--sans:"Open Sans",system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;--gap:calc(1.125rem * var(--density))}
:lang(ja){--sans:system-ui,-apple-system,"Hiragino Sans","Yu Gothic UI","Meiryo","Noto Sans CJK JP","Noto Sans JP",sans-serif}
:lang(ko){--sans:system-ui,-apple-system,"Apple SD Gothic Neo","Malgun Gothic","Noto Sans CJK KR","Noto Sans KR",sans-serif}
:lang(zh-CN){--sans:system-ui,-apple-system,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif}
:lang(zh-TW){--sans:system-ui,-apple-system,"PingFang TC","Microsoft JhengHei","Noto Sans CJK TC","Noto Sans TC",sans-serif}
body{margin:0;min-height:100vh;min-height:100svh;display:flex;flex-direction:column;
background:var(--page-background-color) var(--page-background-image) center/cover no-repeat fixed;
color:var(--page-text-body-color);font:400 .9375rem/1.5 var(--sans);overflow-wrap:break-word;-webkit-font-smoothing:antialiased}
h1,h2,p,ul,dl,dd{margin:0}
h1{color:var(--page-text-heading-color);font-size:1.5rem;line-height:1.25;font-weight:700;letter-spacing:-.01em;text-wrap:balance}
h2{color:var(--page-text-heading-color);font-size:1rem;font-weight:700}
a,.linklike{color:var(--link-defaults-text-color);text-underline-offset:.2em;text-decoration-thickness:1px}
a:hover,.linklike:hover{color:var(--link-hover-text-color)}
.linklike{padding:0;border:0;background:none;font:inherit;text-decoration:underline;text-decoration-thickness:1px;text-underline-offset:.2em;cursor:pointer}
:focus-visible{outline:2px solid var(--focus-state-border-color);outline-offset:3px}
strong{font-weight:700}
svg{display:block}
[hidden]{display:none!important}

.bar{padding:.75rem 1.5rem;min-height:3.5rem;display:flex;align-items:center;background-size:cover;background-position:center}
.bar.top{background-color:var(--page-header-background-color);background-image:var(--page-header-background-image);border-bottom:1px solid var(--page-header-border-color)}
.bar.bottom{background-color:var(--page-footer-background-color);background-image:var(--page-footer-background-image);border-top:1px solid var(--page-footer-border-color)}
.bar picture,.bar img{display:flex}
.bar .logo{max-height:2rem}
.stage{flex:1;display:grid;align-items:var(--form-location-vertical);justify-items:var(--form-location-horizontal);padding:calc(2.5rem * var(--density)) 1.25rem}
.place{width:100%;max-width:27rem;display:grid;gap:1.25rem}
.card{min-width:0;display:grid;gap:var(--gap);padding:calc(2rem * var(--density)) 2rem;border:1px solid var(--form-border-color);border-radius:var(--form-border-radius);
background:var(--form-background-color) var(--form-background-image) center/cover no-repeat}
.logo{max-width:100%;max-height:4rem;height:auto;display:block}
.place picture{display:contents}
.at-start{margin-right:auto}.at-center{margin-inline:auto}.at-end{margin-left:auto}
.graphic{color:var(--primary-button-defaults-background-color)}
.graphic img{display:block;max-width:100%;max-height:7rem}
.drawing{width:3rem;height:3rem}
.lead{margin-top:calc(var(--gap) * -.7);color:var(--page-text-description-color)}
.lead .app,.lead strong{color:var(--page-text-heading-color);overflow-wrap:anywhere}
.stack{display:grid;gap:var(--gap)}
.subheading{font-weight:600}

.field{display:grid;gap:.25rem}
.label{color:var(--input-label-text-color);font-size:.875rem;font-weight:600}
.hint,.terms,.through,.legal{color:var(--input-description-text-color);font-size:.8125rem}
.input,.field select{width:100%;min-height:calc(2.75rem * (.4 + .6 * var(--density)));padding:.375rem .75rem;border:1px solid var(--input-defaults-border-color);
border-radius:var(--input-border-radius);background:var(--input-defaults-background-color);color:var(--page-text-heading-color);font:inherit;font-size:1rem}
.field select{border-radius:var(--drop-down-border-radius)}
option{background:var(--drop-down-defaults-item-background-color);color:var(--page-text-heading-color)}
option:hover{background:var(--drop-down-hover-item-background-color);color:var(--drop-down-hover-item-text-color);outline:1px solid var(--drop-down-hover-item-border-color)}
option:checked{background:var(--drop-down-match-item-background-color);color:var(--drop-down-match-item-text-color)}
.input::placeholder{color:var(--input-placeholder-color);opacity:1}
.input:focus-visible{border-color:var(--focus-state-border-color);outline:2px solid var(--focus-state-border-color);outline-offset:-1px}
.input[aria-invalid=true]{border-color:var(--status-indicator-error-border-color);box-shadow:inset 4px 0 0 var(--status-indicator-error-border-color)}
.mistake,.broken{color:var(--color-text-status-error)}
.mistake{font-size:.8125rem;font-weight:600}
.fixed .input{border-color:transparent;background:transparent;padding-left:0}
.phone{display:grid;grid-template-columns:minmax(7rem,2fr) 3fr;gap:.75rem;align-items:end}
.show{justify-self:start;margin-top:calc(var(--gap) * -.6);padding:.125rem .25rem;border:0;background:none;color:var(--link-defaults-text-color);font:inherit;font-size:.8125rem;cursor:pointer}
.show:hover{color:var(--link-hover-text-color)}
.show::before{content:"";display:inline-block;width:.875rem;height:.875rem;margin-right:.5rem;vertical-align:-.125rem;border:1px solid var(--option-controls-defaults-border-color);
border-radius:.1875rem;background:var(--option-controls-defaults-background-color)}
.show[aria-pressed=true]::before{border-color:var(--option-controls-selected-background-color);background:var(--option-controls-selected-background-color);
box-shadow:inset 0 0 0 .1875rem var(--option-controls-selected-background-color),inset 0 0 0 1rem var(--option-controls-selected-foreground-color)}
input[type=radio],input[type=checkbox]{accent-color:var(--option-controls-selected-background-color)}
.choices{margin:0;padding:0;border:0;display:grid;gap:.5rem}
.choice{display:flex;gap:.625rem;align-items:center;padding:.75rem;border:1px solid var(--input-defaults-border-color);border-radius:var(--input-border-radius);color:var(--input-label-text-color)}
.choice label{flex:1}
.remember{display:flex;gap:.5rem;align-items:center;color:var(--input-label-text-color)}

.button{display:inline-flex;align-items:center;justify-content:center;gap:.625rem;width:100%;min-height:calc(2.75rem * (.4 + .6 * var(--density)));padding:.375rem 1rem;border:2px solid transparent;
border-radius:var(--buttons-border-radius);font:700 .9375rem/1.35 var(--sans);text-align:center;text-decoration:none;cursor:pointer;overflow-wrap:anywhere}
.primary{background:var(--primary-button-defaults-background-color);color:var(--primary-button-defaults-text-color)}
.primary:hover{background:var(--primary-button-hover-background-color);color:var(--primary-button-hover-text-color)}
.primary:active{background:var(--primary-button-active-background-color);color:var(--primary-button-active-text-color)}
.primary:disabled{background:var(--primary-button-disabled-background-color);border-color:var(--input-description-text-color);color:var(--input-description-text-color);opacity:.7;cursor:not-allowed}
.secondary,.provider{background:var(--secondary-button-defaults-background-color);border-color:var(--secondary-button-defaults-border-color);color:var(--secondary-button-defaults-text-color)}
.secondary:hover{background:var(--secondary-button-hover-background-color);border-color:var(--secondary-button-hover-border-color);color:var(--secondary-button-hover-text-color)}
.secondary:active{background:var(--secondary-button-active-background-color);border-color:var(--secondary-button-active-border-color);color:var(--secondary-button-active-text-color)}
.provider{background:var(--idp-button-defaults-background-color);border-color:var(--idp-button-defaults-border-color);color:var(--idp-button-defaults-text-color)}
.provider:hover{background:var(--idp-button-hover-background-color);border-color:var(--idp-button-hover-border-color);color:var(--idp-button-hover-text-color)}
.provider:active{background:var(--idp-button-active-background-color);border-color:var(--idp-button-active-border-color);color:var(--idp-button-active-text-color)}
.providers{display:grid;gap:.625rem;padding:0;list-style:none}
.sign{flex:none;width:1.25rem;height:1.25rem}
.rule .sign{width:auto;height:auto}
.or{display:flex;align-items:center;gap:.75rem;color:var(--page-text-body-color);font-size:.8125rem}
.or::before,.or::after{content:"";flex:1;border-top:1px solid var(--divider-border-color)}
.otherwise,.through{text-align:center}

.rules{font-size:.8125rem}
.rules ul{display:grid;gap:.125rem;margin-top:.25rem;padding:0;list-style:none}
.rule{position:relative;padding-left:1.375rem}
.rule .sign{position:absolute;left:.125rem;font-weight:700}
.rule:not(.met):not(.broken) .sign::before{content:"";position:absolute;left:.25rem;top:.5em;width:.375rem;height:.375rem;border-radius:50%;background:var(--status-indicator-pending-indicator-color)}
.met{color:var(--status-indicator-success-indicator-color)}
.checkPassword-confirmPassword{margin-top:calc(var(--gap) * -.6);font-size:.8125rem}
.notice{padding:.75rem 1rem;border:2px solid var(--status-indicator-success-border-color);border-radius:var(--alert-border-radius);background:var(--status-indicator-success-background-color);color:var(--status-indicator-success-indicator-color)}
.notice.bad{border-color:var(--alert-error-border-color);background:var(--alert-error-background-color);color:var(--color-text-status-error);font-weight:600}
.notice ul{padding:0;list-style:none}
.notice.bad a{color:inherit}
.why{margin-top:calc(var(--gap) * -.6);font-size:.8125rem;overflow-wrap:anywhere}
.failure,main>[role=status]:not(.notice){display:grid;gap:var(--gap)}
main [tabindex="-1"]:focus{outline:none}
.notice.why{margin-top:0;border:1px solid var(--divider-border-color);background:none;color:var(--page-text-body-color)}
.notice.why h2{font-size:.875rem}
.notice.why dd{margin-bottom:.375rem}
.why summary{cursor:pointer}
.why dt{margin-top:.375rem;font-weight:600}
.code{font-variant-numeric:tabular-nums}
.picture img{display:block;margin:0 auto;border-radius:.5rem;background:#fff;padding:.5rem}
.key{text-align:center;overflow-wrap:anywhere;font-size:.875rem}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
footer{padding:.75rem 1.25rem 1rem;text-align:center;font-size:.75rem}
footer p{display:inline-block;padding:.125rem .625rem;border-radius:1rem;background:var(--form-background-color);color:var(--page-text-body-color);text-wrap:balance}
.unseen{position:absolute;width:1px;height:1px;margin:-1px;padding:0;border:0;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
${explainedStyles}
@media (max-width:30rem){.stage{padding:0;align-items:stretch}.place{gap:0;display:flex;flex-direction:column}.place>.logo,.place>picture .logo{margin-block:1.25rem}.card{flex:1;border-width:0 0 1px;border-radius:0;padding:1.5rem 1.25rem;align-content:start}}
@media (prefers-reduced-motion:no-preference){.button,.input{transition:background-color .15s,border-color .15s,color .15s}}
@media (forced-colors:active){.button{border-color:currentColor}}
`.trim()

/** Where the sheet is found; another content has another address. */
export const managedStylesheetUrl = `/_rockpool/assets/managed-${createHash('sha256').update(managedStylesheet).digest('hex').slice(0, 16)}.css`
