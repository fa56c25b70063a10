import { everyClient } from '../../core/pool-document.js'
import { entriesOf } from '../../core/rules/finding.js'
import { classicLookFindings, pagesFindings, pictureFindings, styleFindings } from '../../core/rules/look.js'
import { logDeliveryFindings, riskFindings } from '../../core/rules/protection.js'
import { tagFindings } from '../../core/rules/tags.js'
import { type PoolSettings, regionOf } from '../../core/user-pool.js'
import { type PoolDraft, report } from './draft.js'
import { clientIdOf } from './identifiers.js'
import { each, unique } from './lists.js'
import { type Mistake, type Place, SeedError, topOf } from './mistakes.js'
import type { Seed } from './shape.js'

/** Checks the tags, looks, terms, threat protection and log delivery of a pool by the rules that the API has for them. */
export function checkDocuments({ seed, place, pool }: PoolDraft): void {
  const settings = seed as PoolSettings
  report(tagFindings(settings.UserPoolTags ?? {}), place)
  const styles = each(seed.ManagedLoginBrandings, place.at('ManagedLoginBrandings'))
  for (const [style, at] of styles) report(styleFindings(style), at)
  const risks = each(seed.RiskConfigurations, place.at('RiskConfigurations'))
  for (const [configuration, at] of risks) report(riskFindings(settings, configuration), at)
  report(logDeliveryFindings(settings, seed.LogConfigurations ?? [], regionOf(pool.id)), place)
  const looks = each(seed.UICustomizations, place.at('UICustomizations'))
  const hasDomain = seed.Domain !== undefined || seed.CustomDomain !== undefined
  if (looks.length > 0)
    report(pagesFindings({ name: seed.PoolName ?? 'The pool', hasDomain }), place.at('UICustomizations'))
  const terms = each(seed.Terms, place.at('Terms'))
  const ids = entriesOf(seed.Clients).flatMap(([client]) => clientIdOf(seed, client) ?? [])
  for (const [{ ClientId }, at] of [...styles, ...risks, ...looks, ...terms])
    if (ClientId !== undefined && ClientId !== everyClient && !ids.includes(ClientId))
      at.at('ClientId').wrong(`The pool has no client with the id "${ClientId}".`, {
        remedy: 'Give the client this ClientId, or name another client of the pool.',
        meant: { given: ClientId, valid: ids },
      })
  onePerClient('style of managed login', styles)
  onePerClient('look of the classic pages', looks)
  onePerClient('threat protection', risks)
  unique(
    'name of terms',
    terms.map(([{ ClientId, TermsName }, at]) => [
      ClientId && TermsName && `${ClientId} ${TermsName}`,
      at.at('TermsName'),
    ]),
  )
}

const onePerClient = (
  what: string,
  documents: readonly (readonly [{ readonly ClientId?: string | undefined }, Place])[],
): void =>
  unique(
    `client of a ${what}`,
    documents.map(([{ ClientId = everyClient }, at]) => [ClientId, at]),
  )

/**
 * Refuses seeds whose sheets or pictures are wrong. These take libraries that are loaded only when there are any, so they are
 * looked at when seeds are applied.
 * @throws SeedError
 */
export async function ensureLooksSound(seeds: readonly Seed[]): Promise<void> {
  const mistakes: Mistake[] = []
  for (const { file, UserPools } of seeds) {
    const top = topOf(file, () => undefined, mistakes)
    for (const [{ UICustomizations, ManagedLoginBrandings }, place] of each(UserPools, top.at('UserPools'))) {
      for (const [look, at] of each(UICustomizations, place.at('UICustomizations')))
        report((await classicLookFindings(look)).findings, at)
      for (const [style, at] of each(ManagedLoginBrandings, place.at('ManagedLoginBrandings')))
        report(await pictureFindings(style), at)
    }
  }
  if (mistakes.length > 0) throw new SeedError(mistakes)
}
