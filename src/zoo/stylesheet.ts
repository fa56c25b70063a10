import { zooPath } from '../core/upstream-provider.js'
import { baseStyles } from '../http/look.js'

/** Where the pages of the built-in providers find how they look. */
export const stylesheetPath = `${zooPath}/style.css`

/** The shared look, and a card in the middle: what a person knows from signing in elsewhere. */
export const stylesheet: string = `${baseStyles}
main{display:grid;gap:1.25rem;width:min(30rem,100% - 2rem);margin:clamp(1rem,8vh,5rem) auto;padding:clamp(1.25rem,5vw,2rem);
border:1px solid var(--line);border-radius:calc(var(--radius)*1.6);background:var(--surface);overflow-wrap:anywhere}
h1{font-size:1.375rem}
h1+p{color:var(--muted)}
form{display:grid;gap:1rem}
.people{display:grid;gap:.5rem;padding:0;list-style:none}
.people .button{width:100%;justify-content:flex-start;text-align:start}
.people small{color:var(--muted);font-weight:400}
summary{padding:.25rem 0;color:var(--accent);font-weight:600;cursor:pointer}
details>.field,details>ul{margin-top:.5rem}
details textarea{font-family:var(--mono);font-size:.875rem}
.quirks{display:grid;grid-template-columns:repeat(auto-fill,minmax(11rem,1fr));gap:.25rem .75rem;padding:0;list-style:none}
.quirks label{display:flex;gap:.5rem;align-items:center;min-height:1.75rem}
`.trim()
