import type { Diagnosis } from '../../core/rules/doctor/diagnosis.js'
import type { UserPool } from '../../core/user-pool.js'
import { registeredPools } from '../../flows/directory/registered-pools.js'
import { examine } from '../../flows/federation/examination.js'
import { type Html, html } from '../../lib/html.js'
import { poolPath, providerPath } from '../frame/navigation.js'
import { badge, card, type Tone } from '../frame/parts.js'
import { show } from '../page.js'

const tones: Record<Diagnosis['severity'], Tone> = { error: 'bad', warning: 'wait', hint: 'plain' }

/** What will go wrong, pool by pool. The page asks providers each time it is opened. */
export const doctor = [
  show('/doctor', async ({ console: { service, instruments } }) => {
    const patients = await registeredPools(service)
    const found = await examine(service, instruments, { patients })
    const groups = [...new Set(found.map(({ pool }) => pool))]
    return {
      title: 'Doctor',
      section: 'doctor',
      lead: 'What will go wrong at a sign-in, before anybody signs in. Providers were asked just now.',
      body:
        found.length === 0
          ? html`<div class="empty"><p>Nothing is wrong.</p></div>`
          : html`${groups.map(name => {
              const pool = patients.find(patient => patient.pool.name === name)?.pool
              return card(
                name ?? 'Rockpool',
                html`<ul class="plain">${found.filter(one => one.pool === name).map(one => row(one, pool))}</ul>`,
                pool === undefined ? {} : { actions: html`<a href="${poolPath(pool)}">Pool</a>` },
              )
            })}`,
    }
  }),
]

const row = (diagnosis: Diagnosis, pool: UserPool | undefined): Html => {
  const { severity, because, remedy, rule, path } = diagnosis
  const place = pool && placeOf(path, pool)
  return html`<li class="stack tight"><p>${badge(severity, tones[severity])} <code>${path.length === 0 ? rule : path.join(' › ')}</code></p><p>${because}</p><p><strong>Remedy</strong> ${remedy}${place !== undefined && html` <a href="${place}">Mend it</a>`}</p></li>`
}

/** The page on which it can be mended. */
function placeOf([kind, name]: Diagnosis['path'], pool: UserPool): string | undefined {
  if (kind === 'Domain') return poolPath(pool, 'domain')
  if (kind === 'Clients') return poolPath(pool, 'clients')
  return kind === 'IdentityProviders' ? providerPath(pool, { name: String(name) }) : undefined
}
