import { createHash } from 'node:crypto'
import { baseStyles } from '../../http/look.js'

/** The style sheet of the relying party: a page of cards under the steps of the story. */
export const stylesheet: string = `${baseStyles}
body{min-height:100vh;min-height:100svh;display:flex;flex-direction:column}
.top,.story ol,main,footer{width:100%;max-width:64rem;margin:0 auto;padding-left:1.25rem;padding-right:1.25rem}
.top{display:flex;align-items:center;justify-content:space-between;gap:1rem;padding-top:1.25rem;padding-bottom:1rem}
.top p{color:var(--muted);font-size:.875rem}
.brand{display:flex;align-items:center;gap:.625rem;color:var(--accent);font-weight:650;font-size:1.125rem;letter-spacing:-.015em;text-decoration:none}
.mark{flex:none}

.story{border-block:1px solid var(--line);background:var(--surface)}
.story ol{display:flex;gap:.5rem;padding-top:.75rem;padding-bottom:.75rem;list-style:none}
.story li{flex:1 1 auto;display:flex;align-items:center;gap:.5rem;color:var(--muted);font-size:.875rem;white-space:nowrap}
.story li:not(:last-child)::after{content:"";flex:1;min-width:.75rem;margin-right:.25rem;border-top:1px solid var(--line)}
.story li:last-child{flex:0 1 auto}
.story .number{display:grid;place-items:center;width:1.625rem;height:1.625rem;flex:none;border:1px solid var(--edge);border-radius:50%;font-size:.8125rem;font-weight:600;font-variant-numeric:tabular-nums}
.story .now{color:var(--text);font-weight:600}
.story .now .number{border-color:var(--accent);background:var(--accent);color:var(--onAccent)}
.story .done .number{border-color:var(--accent);color:var(--accent)}

main{flex:1;display:grid;grid-template-columns:minmax(0,1fr);align-content:start;gap:1.5rem;padding-top:2.5rem;padding-bottom:3rem}
main>h1{overflow-wrap:anywhere}
main>h1+.lead{margin-top:-.875rem}
.lead{max-width:44rem;color:var(--muted);font-size:1.0625rem}
.lead strong{color:var(--text)}
.about{color:var(--muted);font-size:.875rem}
.good{color:var(--good);font-weight:600}
footer{padding-top:1.25rem;padding-bottom:1.75rem;color:var(--muted);font-size:.8125rem}

.card{display:grid;grid-template-columns:minmax(0,1fr);align-content:start;gap:1rem;padding:1.25rem;border:1px solid var(--line);border-radius:calc(var(--radius) + 4px);background:var(--surface)}
.card h3{font-size:1.125rem}
.card h4{margin:0;font-size:.9375rem}
.here{gap:.5rem}
.here ul{display:grid;gap:.25rem;padding:0;list-style:none}

.pool{display:grid;grid-template-columns:minmax(0,1fr);gap:.875rem;margin-top:.5rem}
.pool>header h2{font-size:1.25rem;letter-spacing:-.02em}
.pool code,.client header code{overflow-wrap:anywhere}
.clients{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,26rem),1fr));gap:1rem;align-items:start}
.client:has(details[open]){grid-column:1 / -1}
.client form{display:grid;gap:1rem}
.client .button{width:100%}
.scopes{display:flex;flex-wrap:wrap;gap:.5rem;margin:0;padding:0;border:0;min-width:0}
.scopes legend{padding:0;margin-bottom:.5rem;color:var(--muted);font-size:.875rem}
.scopes label{display:inline-flex;align-items:center;gap:.5rem;min-height:2.25rem;max-width:100%;padding:.25rem .75rem;border:1px solid var(--line);border-radius:999px;background:var(--sunken);font:500 .875rem/1.3 var(--mono);cursor:pointer}
.scopes label:hover{border-color:var(--accent)}
.scopes label span{min-width:0;overflow-wrap:anywhere}
.scopes input{accent-color:var(--accent);width:1rem;height:1rem;margin:0;flex:none}

details>summary{cursor:pointer;color:var(--accent);font-weight:600;font-size:.9375rem;padding:.25rem 0;width:fit-content}
details[open]>summary{margin-bottom:.75rem}
.snippets{display:grid;gap:1.25rem}
.snippets section{display:grid;grid-template-columns:minmax(0,1fr);gap:.375rem}
.code{margin:0;padding:.875rem 1rem;max-height:44rem;overflow:auto;border:1px solid var(--line);border-radius:var(--radius);background:var(--sunken);font-size:.8125rem;line-height:1.55;tab-size:2}
.all{-webkit-user-select:all;user-select:all;cursor:copy}
.token .code{white-space:pre-wrap;overflow-wrap:anywhere}
.snippet{position:relative;min-width:0}
.snippet .code{padding-right:5.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
.snippet .copy{position:absolute;top:.5rem;right:.5rem}
.notice>form{margin:.75rem 0}
.dropped ul{display:grid;gap:.5rem;margin:0;padding-left:1.125rem;overflow-wrap:anywhere}
.dropped{border-left:3px solid var(--edge)}
.dropped summary{padding:0}
.notice .code{margin-top:.625rem;background:var(--surface)}

.actions{display:flex;flex-wrap:wrap;gap:.75rem;align-items:center}
.problem{display:grid;gap:.5rem;padding:1rem 1.25rem;border:1px solid var(--danger);border-radius:calc(var(--radius) + 4px);background:var(--dangerGround);overflow-wrap:anywhere}
.problem .summary{color:var(--danger);font-weight:650}
.problem .error code{font-weight:600}
.problem .remedy{max-width:46rem}

.request{padding:.625rem .875rem;border-radius:var(--radius);background:var(--sunken);overflow-wrap:anywhere}
.method{color:var(--accent);font-weight:700;margin-right:.25rem}
.parameters{display:grid;gap:0}
.parameters>div{display:grid;grid-template-columns:11rem minmax(0,1fr);gap:.125rem 1rem;padding:.625rem 0;border-top:1px solid var(--line)}
.parameters>div:first-child{border-top:0}
.parameters dt code{font-weight:600}
.parameters dd{display:grid;gap:.125rem;overflow-wrap:anywhere}

.checks{display:flex;flex-wrap:wrap;gap:.375rem 1.25rem;padding:0;list-style:none;color:var(--muted);font-size:.875rem}
.checks li{overflow-wrap:anywhere}
.checks li::before{content:"✓";margin-right:.375rem;color:var(--good);font-weight:700}
.token>header{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:.125rem 1rem;align-items:baseline}
.token>header h2{font-size:1.1875rem}
.token>header .about{grid-column:1}
.life{grid-column:2;grid-row:1 / span 2;display:grid;gap:.375rem;justify-items:end;align-self:center;color:var(--good);font-size:.875rem;font-weight:600;font-variant-numeric:tabular-nums}
.life.over{color:var(--danger)}
progress{appearance:none;width:9rem;height:.375rem;border:0;border-radius:99px;background:var(--line);overflow:hidden}
progress::-webkit-progress-bar{background:var(--line)}
progress::-webkit-progress-value{background:var(--good);border-radius:99px}
progress::-moz-progress-bar{background:var(--good)}
.claims{width:100%;border-collapse:collapse;table-layout:fixed}
.claims caption{padding:.25rem 0 .5rem;color:var(--muted);font-size:.8125rem;font-weight:600;text-align:left}
.claims th,.claims td{padding:.5625rem .75rem;border-top:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
.claims .name{width:23%}
.claims .value{width:43%}
.claims th{padding-left:0;font-weight:600}
.claims td:last-child{padding-right:0}
.claims td code{white-space:pre-wrap}
.when{display:block;color:var(--muted);font-size:.8125rem;font-variant-numeric:tabular-nums}

@media (max-width:56rem){
.story .label{display:none}
.story .now .label{display:inline}
.story li{flex:0 1 auto}
.story li:not(:last-child)::after{flex:none;width:.75rem;min-width:0;margin:0}
}
@media (max-width:44rem){
.snippet{display:grid;grid-template-columns:minmax(0,1fr);gap:.375rem}
.snippet .code{padding-right:1rem}
.snippet .copy{position:static;order:-1;justify-self:end}
main{padding-top:1.75rem}
.story ol{justify-content:space-between;gap:.375rem}
.story li:not(:last-child)::after{display:none}
.parameters>div{grid-template-columns:minmax(0,1fr)}
.token>header{grid-template-columns:minmax(0,1fr)}
.life{grid-column:1;grid-row:auto;justify-items:start;margin-top:.375rem}
.claims colgroup{display:none}
.claims,.claims tbody,.claims tr,.claims th,.claims td,.claims caption{display:block;width:auto}
.claims tr{padding:.625rem 0;border-top:1px solid var(--line)}
.claims th,.claims td,.claims td:last-child{width:auto;padding:0;border:0}
.claims td{margin-top:.125rem}
.claims td:empty{display:none}
.actions form,.actions .button{width:100%}
}
`

/** Changes its name whenever it changes, so that browsers may keep it for good. */
export const stylesheetPath: string = `/_rockpool/assets/app-${createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)}.css`
