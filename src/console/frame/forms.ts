import { type Embeddable, type Html, html } from '../../lib/html.js'

/** A form of the console. It brings the CSRF token back, and stays useful without a script. */
export const form = (
  { csrf }: { readonly csrf: string },
  { action, className = 'form' }: { readonly action: string; readonly className?: string },
  content: Embeddable,
): Html =>
  html`<form method="post" action="${action}" class="${className}"><input type="hidden" name="_csrf" value="${csrf}">${content}</form>`

/** A form that is a single button. */
export const buttonForm = (
  visit: { readonly csrf: string },
  {
    action,
    label,
    fields = {},
    kind = 'quiet',
  }: {
    readonly action: string
    readonly label: string
    readonly fields?: Readonly<Record<string, string>>
    readonly kind?: ButtonKind
  },
): Html => form(visit, { action, className: 'inline' }, [hidden(fields), submit(label, kind)])

export type ButtonKind = 'main' | 'quiet' | 'danger'

export const submit = (label: string, kind: ButtonKind = 'main'): Html =>
  html`<button type="submit" class="button small${kind !== 'main' && ` ${kind}`}">${label}</button>`

const hidden = (fields: Readonly<Record<string, string>>): readonly Html[] =>
  Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)

/** What a field of a form shows. Without an `id` it has its name for one. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly id?: string | undefined
  readonly value?: string | undefined
  readonly type?: 'text' | 'password' | 'email' | 'tel' | 'url' | 'number' | 'search'
  readonly hint?: Embeddable
  /** Why the value is not taken. */
  readonly mistake?: Embeddable
  readonly required?: boolean
  readonly autocomplete?: string
  readonly placeholder?: string
  /** Values to choose from; others can be typed. */
  readonly offered?: readonly string[]
}

/** A labelled input with its hint and its mistake, tied together for screen readers. */
export function field(of: Field): Html {
  const { name, id = name, value = '', type = 'text', required = false, offered = [] } = of
  const list =
    offered.length > 0 &&
    html`<datalist id="${id}-offered">${offered.map(one => html`<option value="${one}"></option>`)}</datalist>`
  return labelled(
    of,
    html`<input id="${id}" name="${name}" type="${type}" value="${value}"${required && html` required`}${described(of)} autocomplete="${of.autocomplete ?? 'off'}"${of.placeholder !== undefined && html` placeholder="${of.placeholder}"`}${list && html` list="${id}-offered"`} spellcheck="false">${list}`,
  )
}

/**
 * The same for several lines of text. With `files`, as the `accept` of an input, the script reads them from a file: what is sent
 * is the text.
 */
export function textArea(of: Field & { readonly rows?: number; readonly files?: string }): Html {
  const { name, id = name, value = '', rows = 4, required = false, files } = of
  const picker =
    files !== undefined &&
    html`<label class="picker" hidden><span class="button small quiet">Choose a file…</span><input type="file" class="unseen" accept="${files}" data-into="${id}" aria-label="${of.label}: choose a file"></label>`
  return labelled(
    of,
    html`<textarea id="${id}" name="${name}" rows="${rows}"${required && html` required`}${described(of)}${of.placeholder !== undefined && html` placeholder="${of.placeholder}"`} spellcheck="false">${value}</textarea>${picker}`,
  )
}

export type Option = readonly [value: string, label: string]

export function select(of: Field & { readonly options: readonly Option[] }): Html {
  const { name, id = name, value = '', options } = of
  return labelled(
    of,
    html`<select id="${id}" name="${name}"${described(of)}>${options.map(
      ([choice, label]) =>
        html`<option value="${choice}"${choice === value && html` selected`}>${label}</option>`,
    )}</select>`,
  )
}

/** A check box with its label; its value comes with the form only while it is ticked. */
export const checkbox = ({
  name,
  label,
  value = 'on',
  ticked = false,
  hint,
}: {
  readonly name: string
  readonly label: Embeddable
  readonly value?: string
  readonly ticked?: boolean
  readonly hint?: Embeddable
}): Html =>
  html`<label class="check"><input type="checkbox" name="${name}" value="${value}"${ticked && html` checked`}><span>${label}${hint !== undefined && html`<small>${hint}</small>`}</span></label>`

const labelled = (of: Field, control: Html): Html => {
  const { id = of.name, label, hint, mistake } = of
  return html`<div class="field"><label for="${id}">${label}</label>${control}${hint !== undefined && html`<p class="hint" id="${id}-hint">${hint}</p>`}${mistake !== undefined && html`<p class="mistake" id="${id}-mistake">${mistake}</p>`}</div>`
}

function described({ name, id = name, hint, mistake }: Field): Html | false {
  const ids = [mistake !== undefined && `${id}-mistake`, hint !== undefined && `${id}-hint`].filter(Boolean)
  return (
    ids.length > 0 &&
    html` aria-describedby="${ids.join(' ')}"${mistake !== undefined && html` aria-invalid="true"`}`
  )
}

/** An act that cannot be taken back: a disclosure that says what will happen, with the button inside. */
export const confirmed = (
  visit: { readonly csrf: string },
  {
    action,
    label,
    question,
    fields = {},
  }: {
    readonly action: string
    readonly label: string
    readonly question: Embeddable
    readonly fields?: Readonly<Record<string, string>>
  },
): Html =>
  html`<details class="confirm"><summary class="button small quiet">${label}…</summary><div class="sheet"><p>${question}</p>${buttonForm(visit, { action, label, fields, kind: 'danger' })}</div></details>`
