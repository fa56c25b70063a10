import { exportFormats } from '../../export/formats.js'
import { exported } from '../../export/index.js'
import { belongingsOf } from '../../flows/directory/belongings.js'
import { html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { poolPath } from '../frame/navigation.js'
import { card, codeBlock } from '../frame/parts.js'
import { poolOf, show, type Visit } from '../page.js'
import { formatNames } from './as-code.js'

/** A pool as code, in every format, and the button that saves it as a seed. */
export const code = [
  show('/pools/:pool/code', async visit => {
    const pool = await poolOf(visit)
    const secrets = visit.query.secrets === 'shown'
    const belongings = await belongingsOf(visit.console.service, pool)
    const options = { base: visit.console.service.base, secrets }
    const path = poolPath(pool, 'code')
    return {
      title: 'As code',
      section: 'pools',
      pool,
      tab: 'code',
      lead: 'The whole pool, for wherever you want to have it again. A seed keeps ids; the others make new ones.',
      actions: html`<a class="button small" href="${path}/seed" download>Save as seed</a><a class="button small quiet" href="${path}/seed?secrets=shown" download>… with secrets</a>`,
      body: html`${
        secrets
          ? html`<p><a href="${path}">Without secrets</a></p>`
          : html`<p class="muted">Secrets are left out. <a href="${withQuery(path, { secrets: 'shown' })}">Show them</a></p>`
      }${exportFormats.map(format =>
        card(formatNames[format], codeBlock(exported([belongings], format, options)), { id: format }),
      )}`,
    }
  }),
  show('/pools/:pool/code/seed', async visit => {
    const text = await seedOf(visit)
    return {
      send: reply =>
        reply
          .header('content-disposition', 'attachment; filename="rockpool.yaml"')
          .type('application/yaml; charset=utf-8')
          .send(text),
    }
  }),
]

async function seedOf(visit: Visit): Promise<string> {
  const { service } = visit.console
  const belongings = await belongingsOf(service, await poolOf(visit), { withUsers: true })
  return exported([belongings], 'seed', { base: service.base, secrets: visit.query.secrets === 'shown' })
}
