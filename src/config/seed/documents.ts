import { everyClient, type PoolDocument } from '../../core/pool-document.js'
import { classicLookFindings } from '../../core/rules/look.js'
import type { UserPool } from '../../core/user-pool.js'
import { classicLookValue } from '../../flows/administration/classic-looks.js'
import { documentIdOf } from './identifiers.js'
import type { PoolSeed } from './shape.js'

/** What a seed says of looks, terms, threat protection and logs, as the records that the API would keep of it. */
export async function seedDocuments(seed: PoolSeed, pool: UserPool): Promise<PoolDocument[]> {
  const record = (kind: PoolDocument['kind'], id: string, value: object): PoolDocument => ({
    poolId: pool.id,
    kind,
    id,
    value: value as PoolDocument['value'],
    createdAt: pool.createdAt,
    modifiedAt: pool.createdAt,
  })
  const { ManagedLoginBrandings = [], UICustomizations = [], RiskConfigurations = [], Terms = [] } = seed
  const { LogConfigurations } = seed
  return [
    ...ManagedLoginBrandings.map(style =>
      record('branding', documentIdOf(pool.id, 'branding', style.ClientId), {
        UseCognitoProvidedValues: false,
        ...style,
      }),
    ),
    ...(await Promise.all(
      UICustomizations.map(async ({ ClientId = everyClient, CSS, ImageFile }) => {
        const look = { CSS: CSS || undefined, ImageFile }
        const { served } = await classicLookFindings(look)
        return record('ui-customization', ClientId, classicLookValue(look, served))
      }),
    )),
    ...RiskConfigurations.map(({ ClientId = everyClient, ...configuration }) =>
      record('risk-configuration', ClientId, configuration),
    ),
    ...(LogConfigurations === undefined ? [] : [record('log-delivery', everyClient, { LogConfigurations })]),
    ...Terms.map(terms =>
      record('terms', documentIdOf(pool.id, 'terms', terms.ClientId, terms.TermsName), terms),
    ),
  ]
}
