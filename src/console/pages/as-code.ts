import type { UserPool } from '../../core/user-pool.js'
import { type ExportFormat, exportFormats } from '../../export/formats.js'
import { called, equivalent } from '../../export/index.js'
import type { Call, Resource } from '../../export/resources.js'
import { type Html, html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import { card, codeBlock, copyable } from '../frame/parts.js'
import type { Visit } from '../page.js'

export const formatNames: Readonly<Record<ExportFormat, string>> = {
  seed: 'Seed',
  cli: 'AWS CLI',
  sdk: 'AWS SDK for JavaScript',
  cloudformation: 'CloudFormation',
  terraform: 'Terraform',
}

type Pool = Pick<UserPool, 'id'> | undefined

/** What a page shows, in every form in which somebody else could have made it. */
export const asCode = (
  { console: { service } }: Visit,
  resource: Resource,
  pool?: Pool,
  { heading = `${resource.name || 'This'} as code`, id = 'as-code' } = {},
): Html =>
  inForms(
    { heading, id },
    exportFormats.map(format => [
      formatNames[format],
      equivalent(resource, format, { base: service.base, poolId: pool?.id }),
    ]),
    runHere(service.base),
  )

/** What a form would make of what is typed, or of an example, where nothing is. */
export function formAsCode(visit: Visit, resource: Resource, pool?: Pool): Html {
  const id = 'form-as-code'
  if (visit.form.show !== undefined)
    return asCode(visit, resource, pool, { heading: 'What is typed, as code', id })
  const example = () => asCode(visit, resource, pool, { heading: 'This form as code', id })
  // What was typed before a mistake may be a password, which is not kept.
  return visit.form._csrf === undefined ? kept(visit, resource, pool, example) : example()
}

/** Examples that are kept: writing YAML is most of what such a page costs, and an example is the same at each visit. */
const keptExamples = 100
const examples = new Map<string, Html>()

function kept({ console: { service } }: Visit, resource: Resource, pool: Pool, write: () => Html): Html {
  const key = JSON.stringify([service.base, pool?.id, resource])
  const known = examples.get(key)
  if (known !== undefined) return known
  if (examples.size >= keptExamples) examples.clear()
  const example = write()
  examples.set(key, example)
  return example
}

/** A button of a form that shows it as code, and does nothing else. */
export const showAsCode: Html = html`<button type="submit" name="show" value="code" class="button small quiet" formnovalidate>Show as code</button>`

/** What a page lists, as the call that reads it. */
export const asCall = ({ console: { service } }: Visit, call: Call, pool?: Pool): Html =>
  inForms(
    { heading: 'This list as code', id: 'list-as-code' },
    (['cli', 'sdk'] as const).map(format => [formatNames[format], called(call, format, pool?.id)]),
    runHere(service.base),
  )

/** What a page does, call by call: each on its own, for nobody runs all of them. */
export const asCalls = (
  { console: { service } }: Visit,
  heading: string,
  calls: readonly (readonly [what: string, call: Call])[],
  pool: Pool,
): Html =>
  card(
    heading,
    html`<div class="stack tight">${calls.map(
      ([what, call]) =>
        html`<details><summary>${what}</summary><div class="stack tight">${(['cli', 'sdk'] as const).map(
          format => html`<h3>${formatNames[format]}</h3>${codeBlock(called(call, format, pool?.id))}`,
        )}</div></details>`,
    )}</div>${runHere(service.base)}`,
    { id: 'as-calls' },
  )

/** What a page lists that only Rockpool has: its own command, and its control API. */
export const asOwnCall = (
  { console: { service } }: Visit,
  { command, path }: { readonly command: string; readonly path: string },
): Html =>
  inForms({ heading: 'This list as code', id: 'list-as-code' }, [
    ['Command', `npx rockpool ${command}`],
    ['Control API', `curl ${service.base}${consolePath}${path}`],
  ])

const inForms = (
  { heading, id }: { readonly heading: string; readonly id: string },
  forms: readonly (readonly [name: string, code: string])[],
  below?: Html,
): Html =>
  card(
    heading,
    html`<div class="stack tight">${forms.map(
      ([name, code]) => html`<details><summary>${name}</summary>${codeBlock(code)}</details>`,
    )}</div>${below}`,
    { id },
  )

/** Commands and snippets are as for AWS: one variable leads them here. */
const runHere = (base: string): Html =>
  html`<p class="small-text muted">CLI and SDK go to AWS, unless you say: ${copyable(`export AWS_ENDPOINT_URL=${base}`)}</p>`
