import { createHash } from 'node:crypto'
import { baseStyles } from '../../http/look.js'

/** Colours that only the console has, by role: of what waits, grounds of badges, and the shadow at an edge beyond which tabs go on. */
export const consoleColours = {
  light: { wait: '#7a4d00', waitGround: '#fdf4e0', goodGround: '#e9f6ee', shade: 'rgb(16 38 45/.16)' },
  dark: { wait: '#f0c277', waitGround: '#2a2110', goodGround: '#10281c', shade: 'rgb(0 0 0/.6)' },
} as const

const declared = (scheme: Readonly<Record<string, string>>): string =>
  Object.entries(scheme)
    .map(([role, colour]) => `--${role}:${colour};`)
    .join('')

/** The style sheet of the console: a side bar with the sections, and a column of cards. One for all pages. */
export const stylesheet: string = `${baseStyles}
:root{--gap:1.25rem;--card:14px;${declared(consoleColours.light)}}
@media (prefers-color-scheme:dark){:root{${declared(consoleColours.dark)}}}
body{min-height:100vh;min-height:100svh;display:grid;grid-template-columns:15rem minmax(0,1fr)}
[hidden]{display:none!important}
.skip{position:absolute;left:1rem;top:-4rem;z-index:2;padding:.5rem 1rem;border-radius:var(--radius);background:var(--accent);color:var(--onAccent)}
.skip:focus{top:.75rem}
.side{position:sticky;top:0;align-self:start;height:100vh;display:flex;flex-direction:column;gap:1.25rem;padding:1.25rem .875rem;border-right:1px solid var(--line);background:var(--surface);overflow-y:auto}
.brand{display:flex;align-items:center;gap:.625rem;padding:.25rem .625rem;border-radius:var(--radius);color:var(--accent);font-weight:650;font-size:1.1875rem;letter-spacing:-.015em;text-decoration:none}
.mark{flex:none}
.sections ul{display:grid;gap:.125rem;padding:0;list-style:none}
.sections a{display:flex;align-items:center;gap:.75rem;min-height:2.5rem;padding:.375rem .625rem;border-radius:var(--radius);color:var(--muted);font-weight:500;text-decoration:none}
.sections a:hover{background:var(--sunken);color:var(--text)}
.sections a[aria-current]{background:var(--sunken);color:var(--accent);font-weight:600}
.sections svg{flex:none}
.more{display:grid;gap:.375rem;margin-top:auto;padding:0 .625rem;color:var(--muted);font-size:.8125rem}

main{width:100%;max-width:76rem;padding:1.75rem clamp(1rem,3vw,2.75rem) 4rem;display:grid;grid-template-columns:minmax(0,1fr);align-content:start;gap:var(--gap)}
main:focus{outline:none}
.trail ol{display:flex;flex-wrap:wrap;gap:.25rem .5rem;padding:0;list-style:none;color:var(--muted);font-size:.875rem}
.trail li{min-width:0;overflow-wrap:anywhere}
.trail li:not(:last-child)::after{content:"/";margin-left:.5rem;color:var(--edge)}
.heading{display:flex;flex-wrap:wrap;align-items:flex-start;justify-content:space-between;gap:.75rem 1.5rem}
.heading>div:first-child{min-width:0;display:grid;gap:.375rem}
h1{overflow-wrap:anywhere}
.lead{max-width:46rem;color:var(--muted);font-size:1.0625rem}
.actions{display:flex;flex-wrap:wrap;align-items:center;gap:.625rem}
/* Where tabs go on beyond an edge there is a shadow at it; the covers scroll with the tabs, and uncover it. */
.tabs{position:relative;border-bottom:1px solid var(--line);overflow-x:auto;overflow-y:hidden;scrollbar-width:none;
background:linear-gradient(to right,var(--ground) 40%,transparent) left/2.5rem 100% local no-repeat,linear-gradient(to left,var(--ground) 40%,transparent) right/2.5rem 100% local no-repeat,
linear-gradient(to right,var(--shade),transparent) left/1.25rem 100% scroll no-repeat,linear-gradient(to left,var(--shade),transparent) right/1.25rem 100% scroll no-repeat}
.tabs ul{display:flex;padding:0;list-style:none}
.tabs a{display:block;padding:.625rem .8125rem;border-bottom:2px solid transparent;color:var(--muted);font-weight:500;text-decoration:none;white-space:nowrap}
.tabs a:hover{color:var(--text);border-color:var(--edge)}
.tabs a[aria-current]{color:var(--accent);border-color:var(--accent);font-weight:600}
.tabs a:focus-visible,.sections a:focus-visible{outline-offset:-3px}
.clockNote{padding:.5rem .875rem;border-radius:var(--radius);background:var(--waitGround);font-size:.9375rem}
.clockNote a{color:var(--wait)}
.notice.good{border-color:var(--good);background:var(--goodGround);color:var(--good);font-weight:600}

.card{display:grid;grid-template-columns:minmax(0,1fr);align-content:start;gap:1rem;padding:1.25rem;border:1px solid var(--line);border-radius:var(--card);background:var(--surface)}
.card>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem}
.card h3{font-size:1rem}
.sub{display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem;padding-top:1rem;border-top:1px solid var(--line)}
.sub:first-child{padding-top:0;border-top:0}
.sub>header{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem}
.card .empty{padding:.75rem;border:0;text-align:left;justify-items:start;padding:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));gap:var(--gap)}
.cards .facts>div{grid-template-columns:minmax(5rem,6rem) minmax(0,1fr)}
.two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:var(--gap);align-items:start}
.stack{display:grid;grid-template-columns:minmax(0,1fr);gap:var(--gap)}
.stack.tight{gap:.5rem}
.stack>section>.problem+p{margin-top:.5rem}
.cards+p{margin-top:.75rem}
.two>.stack:last-child .facts:not(.across)>div{grid-template-columns:minmax(0,1fr)}
.plain{padding:0;list-style:none;display:grid;gap:1rem}
.plain>li+li{padding-top:1rem;border-top:1px solid var(--line)}
.muted{color:var(--muted)}
small,.small-text{font-size:.875rem}
.empty{display:grid;gap:.5rem;padding:1.75rem 1.25rem;border:1px dashed var(--edge);border-radius:var(--card);color:var(--muted);text-align:center;justify-items:center}
.button.small{white-space:nowrap;min-height:2.375rem;padding:.375rem .875rem;font-size:.9375rem}
.button.danger{background:var(--danger);color:var(--surface)}
.button.danger:hover{filter:brightness(.92);color:var(--surface)}
summary.button{list-style:none}
summary.button::-webkit-details-marker{display:none}
.inline{display:inline-flex;flex-wrap:wrap;gap:.5rem;align-items:end}
.form{display:grid;grid-template-columns:minmax(0,1fr);gap:1.125rem;max-width:36rem}
.form .row,.filters{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end}
.form .row>*{flex:1 1 10rem}
.filters .field{flex:1 1 9rem;max-width:18rem}
.field input,.field select,.field textarea{min-height:2.625rem;padding:.4375rem .75rem}
.filters .check{align-items:center;padding:0;min-height:2.25rem}
.filters .check input{margin-top:0}
.field textarea{resize:vertical}
.picker{position:relative;justify-self:start;margin-top:.25rem}
.field .picker input{width:1px;min-height:0;padding:0;border:0}
.picker:focus-within .button{outline:3px solid var(--focus);outline-offset:2px}
.form .form{max-width:none}
.check{display:flex;gap:.625rem;align-items:flex-start;min-height:2rem;padding:.25rem 0;cursor:pointer}
.check input{flex:none;width:1.125rem;height:1.125rem;margin:.2rem 0 0;accent-color:var(--accent)}
.check span{display:grid;min-width:0;overflow-wrap:anywhere}
.check small{color:var(--muted)}
.confirm[open]{flex:1 1 100%}
.confirm .sheet{display:grid;gap:.75rem;justify-items:start;margin-top:.625rem;padding:1rem;border:1px solid var(--danger);border-radius:var(--radius);background:var(--dangerGround)}
@media (min-width:44.01rem){
.heading .confirm,.card>header .confirm{position:relative}
.heading .confirm[open],.card>header .confirm[open]{flex:none}
.heading .confirm .sheet,.card>header .confirm .sheet{position:absolute;right:0;top:100%;z-index:2;width:min(24rem,80vw);box-shadow:0 8px 28px rgb(0 0 0/.18)}
}
fieldset{min-width:0;margin:0;padding:0;border:0}
legend{padding:0;margin-bottom:.375rem;font-size:.9375rem;font-weight:600}

.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:var(--card);background:var(--surface)}
.card .scroll{border:0;border-radius:0;margin:0 -1.25rem -1.25rem;border-top:1px solid var(--line);border-radius:0 0 var(--card) var(--card)}
form>.scroll:not(:last-child){margin-bottom:0;border-bottom:1px solid var(--line);border-radius:0}
.form>.button,form.stack>.button{justify-self:start}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
thead th{padding:.625rem 1rem;color:var(--muted);font-size:.8125rem;font-weight:600;text-align:left;white-space:nowrap;background:var(--sunken)}
tbody th,tbody td{padding:.75rem 1rem;border-top:1px solid var(--line);text-align:left;vertical-align:top;overflow-wrap:anywhere}
tbody th,tbody td{min-width:7rem}
tbody th{min-width:9rem}
tbody .narrow{min-width:0}
tbody:has(.field) th{vertical-align:middle}
tbody th{font-weight:600}
tbody tr:hover{background:var(--sunken)}
.narrow{white-space:nowrap}
.wide{width:99%}
/* Beside a wide column, one of long names would be as narrow as a letter. */
.wide~td:not(.narrow){min-width:12rem}
td small,th small{display:block;color:var(--muted);font-weight:400}
time{font-variant-numeric:tabular-nums}
.facts{display:grid;gap:0}
.facts>div{display:grid;grid-template-columns:minmax(8rem,12rem) minmax(0,1fr);gap:.125rem 1.25rem;padding:.5625rem 0;border-top:1px solid var(--line)}
.facts>div:first-child{border-top:0}
.facts dt{color:var(--muted);font-size:.9375rem}
.facts dd{overflow-wrap:anywhere}
.facts ul{padding:0;list-style:none;display:grid;gap:.25rem}
.badge{display:inline-block;padding:.0625rem .5625rem;border:1px solid var(--line);border-radius:99px;background:var(--sunken);color:var(--muted);font-size:.8125rem;font-weight:600;white-space:nowrap}
.badge.good{border-color:transparent;background:var(--goodGround);color:var(--good)}
.badge.bad{border-color:transparent;background:var(--dangerGround);color:var(--danger)}
.badge.wait{border-color:transparent;background:var(--waitGround);color:var(--wait)}
.badges{display:flex;flex-wrap:wrap;gap:.375rem}
.copyable{display:inline-flex;flex-wrap:wrap;align-items:baseline;gap:.25rem .5rem;max-width:100%}
.copyable code{overflow-wrap:anywhere}
.copy{padding:.0625rem .5rem;border:1px solid var(--edge);border-radius:7px;background:var(--surface);color:var(--muted);font:600 .75rem/1.5 var(--sans);cursor:pointer}
.copy:hover{border-color:var(--accent);color:var(--accent)}
.codeBlock{position:relative;min-width:0}
pre{margin:0;padding:.875rem 1rem;overflow:auto;border:1px solid var(--line);border-radius:var(--radius);background:var(--sunken);font-size:.8125rem;line-height:1.55;tab-size:2}
.codeBlock pre{padding-right:6.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
::placeholder{color:var(--muted);opacity:1;font-style:italic}
.codeBlock .copy{position:absolute;top:.5rem;right:.5rem}
details>summary{cursor:pointer}
details.card:not([open]){padding-block:.75rem}
details>summary:not(.button){width:fit-content;color:var(--accent);font-weight:600;font-size:.9375rem;padding:.25rem 0}
.problem{display:grid;gap:.375rem;padding:1rem 1.25rem;border:1px solid var(--danger);border-radius:var(--card);background:var(--dangerGround);overflow-wrap:anywhere}
.problem .summary{color:var(--danger);font-weight:650}
.problem .code{font-size:.875rem}
.pager{display:flex;gap:.625rem}
.list{padding:0;list-style:none;display:grid;gap:.5rem}
.facts.across{display:flex;flex-wrap:wrap;gap:.875rem 2.5rem}
.facts.across>div{grid-template-columns:minmax(0,1fr);padding:0;border:0;align-content:start;max-width:100%}
.facts.across dt{font-size:.8125rem}
.steps{display:grid;gap:.75rem;padding:0;list-style:none;counter-reset:step}
.steps>li{counter-increment:step;display:grid;grid-template-columns:1.75rem minmax(0,1fr);gap:.125rem .75rem}
.steps>li::before{content:counter(step);grid-row:1 / span 2;display:grid;place-items:center;width:1.75rem;height:1.75rem;border-radius:50%;background:var(--sunken);color:var(--accent);font-size:.875rem;font-weight:650}
.steps small{grid-column:2;color:var(--muted)}
.events{display:grid;padding:0;list-style:none}
.events>li{display:grid;grid-template-columns:auto minmax(0,1fr) auto;gap:.125rem .875rem;align-items:baseline;padding:.625rem 0;border-top:1px solid var(--line)}
.events>li:first-child{border-top:0;padding-top:0}
.events time{color:var(--muted);font-size:.875rem}
.events a{min-width:0;overflow-wrap:anywhere}

.lanes{display:grid;gap:0}
.of-2{grid-template-columns:repeat(2,minmax(0,1fr));--lanes:2}
.of-3{grid-template-columns:repeat(3,minmax(0,1fr));--lanes:3}
.of-4{grid-template-columns:repeat(4,minmax(0,1fr));--lanes:4}
.of-5{grid-template-columns:repeat(5,minmax(0,1fr));--lanes:5}
.of-6{grid-template-columns:repeat(6,minmax(0,1fr));--lanes:6}
.at-1{grid-column-start:1}.at-2{grid-column-start:2}.at-3{grid-column-start:3}.at-4{grid-column-start:4}.at-5{grid-column-start:5}.at-6{grid-column-start:6}
.over-1{grid-column-end:span 1;margin-inline:calc(50% / 1)}.over-2{grid-column-end:span 2;margin-inline:calc(50% / 2)}.over-3{grid-column-end:span 3;margin-inline:calc(50% / 3)}.over-4{grid-column-end:span 4;margin-inline:calc(50% / 4)}.over-5{grid-column-end:span 5;margin-inline:calc(50% / 5)}.over-6{grid-column-end:span 6;margin-inline:calc(50% / 6)}
.names{position:sticky;top:0;z-index:1;padding:.5rem 0;background:var(--surface);border-bottom:1px solid var(--line)}
.names span{text-align:center;font-size:.9375rem;font-weight:600;overflow-wrap:anywhere;padding:0 .375rem}
.diagram .names,.diagram .legs .lanes{margin-left:2.25rem}
.legs{display:grid;padding:0;list-style:none}
.legs>li{position:relative;border-top:1px solid var(--line);scroll-margin-top:4rem}
.legs>li:first-child{border-top:0}
.legs>li:target{background:var(--sunken)}
.hopNumber{position:absolute;left:0;top:1rem;width:1.75rem;height:1.75rem;display:grid;place-items:center;border-radius:50%;background:var(--sunken);color:var(--muted);font-size:.8125rem;font-weight:650;font-variant-numeric:tabular-nums}
.lines{row-gap:.5rem;padding:1rem 0 .875rem;background-image:linear-gradient(to right,transparent calc(50% - .5px),var(--line) calc(50% - .5px),var(--line) calc(50% + .5px),transparent calc(50% + .5px));background-size:calc(100% / var(--lanes)) 100%}
.arrow{position:relative;padding-bottom:.375rem;border-bottom:2px solid var(--accent);text-align:center;font:500 .8125rem/1.35 var(--mono);min-width:0}
.arrow.answer{border-bottom:2px dashed var(--edge);color:var(--muted)}
.arrow.bad{border-bottom:2px dashed var(--danger);color:var(--danger)}
.arrow .label{padding:.0625rem .375rem;background:var(--surface);border-radius:6px;overflow-wrap:anywhere;-webkit-box-decoration-break:clone;box-decoration-break:clone}
.arrow::after{content:"";position:absolute;bottom:-6px;border:5px solid transparent}
.arrow.right::after{right:0;border-left:8px solid var(--accent);border-right:0}
.arrow.left::after{left:0;border-right:8px solid var(--accent);border-left:0}
.arrow.answer.left::after{border-right-color:var(--edge)}
.arrow.answer.right::after{border-left-color:var(--edge)}
.arrow.bad.left::after{border-right-color:var(--danger)}
.arrow.bad.right::after{border-left-color:var(--danger)}
.way{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.within{margin:.25rem 0;border-block:1px solid var(--line);background:var(--sunken)}
.within .label{background:var(--sunken)}
.within .hopNumber{background:var(--surface)}
.within .told{padding-bottom:.625rem}
.told{display:grid;grid-template-columns:minmax(0,1fr);gap:.5rem;margin-left:2.25rem;padding-bottom:1rem;font-size:.9375rem}
.told h4{margin:.25rem 0 .25rem;font-size:.8125rem;color:var(--muted)}
.told h3{margin-bottom:.5rem;font-size:.9375rem}
.told .scroll{margin:0;border:1px solid var(--line);border-radius:var(--radius)}
.tokens{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:.5rem 1rem;align-items:start}
.claims{display:grid;margin:.25rem 0 .625rem;border:1px solid var(--line);border-radius:var(--radius);overflow:hidden;background:var(--surface)}
.claims>div{display:grid;grid-template-columns:minmax(6rem,2fr) minmax(0,3fr);gap:.75rem;padding:.375rem .75rem;border-top:1px solid var(--line)}
.claims>div:first-child{border-top:0}
.claims dt,.claims dd{overflow-wrap:anywhere}
.refusedHere{color:var(--text)}

.clock{font-size:1.5rem;letter-spacing:-.02em}
.mail{border:1px solid var(--line);border-radius:var(--card);overflow:hidden;background:#fff;color:#111}
.mail header{padding:1rem 1.25rem;border-bottom:1px solid #dbe5e6;color:#4c626a}
.mail .subject{color:#111;font-weight:650;font-size:1.125rem}
.mail iframe{display:block;width:100%;height:15rem;border:0;background:#fff}
.phone{max-width:24rem;padding:1.5rem 1rem;border:1px solid var(--line);border-radius:1.75rem;background:var(--sunken)}
.bubble{padding:.75rem 1rem;border-radius:1.125rem 1.125rem 1.125rem .25rem;background:var(--surface);overflow-wrap:anywhere}

body.front{display:grid;grid-template-columns:minmax(0,1fr);place-items:center}
.front main{max-width:34rem;gap:1rem}
.front .actions{margin-top:.75rem}

@media (max-width:60rem){
body{display:block}
.side{position:static;height:auto;flex-flow:row wrap;align-items:center;gap:.25rem;padding:.375rem .625rem;border-right:0;border-bottom:1px solid var(--line)}
.brand{padding:.25rem;font-size:0;gap:0}
.sections,.sections ul{display:contents}
.sections a,.more a{min-height:2.25rem;gap:.375rem;padding:.25rem .5rem;font-size:.9375rem;white-space:nowrap}
.sections svg,.more span{display:none}
.more{margin:0;padding:0}
.more a{display:flex;align-items:center;color:var(--muted);font-weight:500;text-decoration:none}
.two{grid-template-columns:minmax(0,1fr)}
}
@media (max-width:44rem){
.diagram .names{display:none}
.diagram .legs .lanes{margin-left:2.25rem;grid-template-columns:minmax(0,1fr);background-image:none}
.lines .arrow{grid-column:1;margin-inline:0;border-bottom:0;text-align:left;padding:0}
.arrow::after{display:none}
.arrow .label{padding:0}
.lines .way{position:static;width:auto;height:auto;clip-path:none;display:block;font-family:var(--sans);font-size:.8125rem;color:var(--muted);white-space:normal}
main{padding-top:1.25rem}
:not(.seedLine)>.codeBlock{display:grid}
:not(.seedLine)>.codeBlock pre{padding-right:1rem}
:not(.seedLine)>.codeBlock .copy{position:static;justify-self:end;order:-1;margin-bottom:.375rem}
.field input,.form .row>*{max-width:none}
h1{font-size:1.5rem}
.facts>div{grid-template-columns:minmax(0,1fr)}
.scroll{overflow:visible}
table,tbody,tr,tbody th,tbody td{display:block;width:auto}
thead{display:none}
tbody tr{display:grid;gap:.25rem;padding:.875rem 1rem;border-top:1px solid var(--line)}
tbody tr:first-child{border-top:0}
tbody th,tbody td{min-width:0;padding:0;border:0;white-space:normal}
tbody td[data-head]:not(:empty){display:grid;justify-items:start;grid-template-columns:6.5rem minmax(0,1fr);gap:.75rem}
tbody td[data-head]:has(.field){display:block;justify-items:stretch}
tbody td[data-head]:has(.field)::before{display:none}
tbody td[data-head]:not(:empty)::before{content:attr(data-head);color:var(--muted);font-size:.875rem}
.events>li{grid-template-columns:auto minmax(0,1fr)}
.events>li>.badge{grid-column:2;justify-self:start}
}
`

/** Changes its name whenever it changes, so that browsers may keep it for good. */
export const stylesheetPath: string = `/_rockpool/assets/console-${createHash('sha256').update(stylesheet).digest('hex').slice(0, 16)}.css`
