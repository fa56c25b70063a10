import type { DiscoveryAnswer } from '../../core/discovery-answer.js'
import type { ProviderType } from '../../core/identity.js'
import { type IdentityProvider, type KeptMetadata, oidcEndpoints } from '../../core/identity-provider.js'
import { Refusal } from '../../core/refusal.js'
import { discoveryDiagnoses } from '../../core/rules/doctor/surroundings.js'
import type { UserPool } from '../../core/user-pool.js'
import { providerRecord } from '../../flows/administration/providers.js'
import { type Html, html } from '../../lib/html.js'
import { badge, card, facts, refusalBox, refusalOf } from '../frame/parts.js'
import type { Visit } from '../page.js'
import { askedDetails } from './provider-fields.js'

/** What a provider says of itself when a form asks: found endpoints, and what is missing. Nothing is kept. */

const askLabels: Readonly<Partial<Record<ProviderType, string>>> = {
  OIDC: 'Run discovery',
  SAML: 'Read metadata',
}

/** The button of a form that asks the provider, and does nothing else. Social providers say nothing of themselves. */
export const askButton = (type: ProviderType): Html | false =>
  askLabels[type] !== undefined &&
  html`<button type="submit" name="discover" value="1" class="button small quiet" formnovalidate>${askLabels[type]}</button>`

/**
 * Asks the provider that the form describes.
 * @param known the details that are stored, where the form changes them
 */
export async function foundOut(
  visit: Visit,
  pool: UserPool,
  type: ProviderType,
  known: IdentityProvider['details'] = {},
): Promise<Html> {
  const details = askedDetails(visit, type, known)
  if (type === 'OIDC')
    return discovered(visit, pool, await visit.console.instruments.discover(details.oidc_issuer ?? ''))
  const name = visit.form.ProviderName ?? 'This provider'
  const draft = providerRecord(pool, { name, type, details, identifiers: [] }, 0)
  try {
    return metadataCard(await visit.console.upstream.metadata(draft))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return card('Metadata', refusalBox(refusalOf(error)), { id: 'found-out' })
  }
}

const metadataCard = ({
  entityId,
  ssoUrl,
  sloUrl,
  certificates,
  validUntil,
  wantsSignedRequests,
}: KeptMetadata): Html =>
  card(
    'Metadata',
    html`<p>${badge('read', 'good')}</p>${facts([
      ['Entity ID', entityId],
      ['Sign-in', ssoUrl],
      ['Sign-out', sloUrl ?? html`<span class="muted">not offered</span>`],
      ['Certificates', certificates.length],
      [
        'Requests',
        wantsSignedRequests &&
          'must be signed: tick the box, and upload the certificate of the pool at the provider',
      ],
      ['Valid until', validUntil === undefined ? undefined : new Date(validUntil).toISOString()],
    ])}`,
    { id: 'found-out' },
  )

function discovered(visit: Visit, pool: UserPool, answer: DiscoveryAnswer): Html {
  const details = askedDetails(visit, 'OIDC')
  const name = visit.form.ProviderName ?? 'This provider'
  const draft = providerRecord(pool, { name, type: 'OIDC', details, identifiers: [] }, 0)
  const wrong = [...discoveryDiagnoses(pool, draft, { answer, isByHand: false })]
  const problems = wrong.map(
    ({ because, remedy }) =>
      html`<div class="problem" role="alert"><p>${because}</p><p><strong>Remedy</strong> ${remedy}</p></div>`,
  )
  if ('failed' in answer) return card('Discovery', html`${problems}`, { id: 'found-out' })
  const asked = (details.authorize_scopes ?? '').split(' ')
  const unknown = answer.scopes.length === 0 ? [] : asked.filter(scope => !answer.scopes.includes(scope))
  return card(
    'Discovery',
    html`${problems}<p>${badge('found', 'good')} <code>${answer.url}</code></p>${facts([
      ['Issuer', answer.issuer ?? html`<span class="mistake">missing</span>`],
      ...oidcEndpoints.map(
        endpoint =>
          [endpoint, answer.endpoints[endpoint] ?? html`<span class="mistake">missing</span>`] as const,
      ),
      ['Scopes', answer.scopes.join(' ') || html`<span class="muted">not said</span>`],
      [
        'Not offered',
        unknown.length > 0 &&
          html`<span class="mistake">${unknown.join(' ')}: take them out, or let the provider offer them.</span>`,
      ],
      ['Claims', answer.claims.join(' ') || html`<span class="muted">not said</span>`],
    ])}`,
    { id: 'found-out' },
  )
}
