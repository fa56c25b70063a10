import type { UserPool } from '../../core/user-pool.js'
import { type ExportFormat, exportFormats } from '../../export/formats.js'
import { equivalent } from '../../export/index.js'
import type { Resource } from '../../export/resources.js'
import { type Html, html } from '../../lib/html.js'
import { card, codeBlock } from '../frame/parts.js'
import type { Visit } from '../page.js'

export const formatNames: Readonly<Record<ExportFormat, string>> = {
  seed: 'Seed',
  cli: 'AWS CLI',
  sdk: 'AWS SDK for JavaScript',
  cloudformation: 'CloudFormation',
  terraform: 'Terraform',
}

/** What a page shows, in every form in which somebody else could have made it. */
export const asCode = (
  { console: { service } }: Visit,
  resource: Resource,
  pool?: Pick<UserPool, 'id'>,
): Html =>
  card(
    `${resource.name || 'This'} as code`,
    html`<div class="stack tight">${exportFormats.map(
      format =>
        html`<details><summary>${formatNames[format]}</summary>${codeBlock(
          equivalent(resource, format, { base: service.base, poolId: pool?.id }),
        )}</details>`,
    )}</div>`,
    { id: 'as-code' },
  )
