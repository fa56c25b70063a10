import { regionOf, type UserPool } from '../user-pool.js'
import type { Finding } from './finding.js'

/**
 * What is wrong with a replica of a pool in another region. The sentences are ours, but for that of the tier: the service's
 * own are not known.
 */
export function* replicaFindings({ id, settings }: UserPool, region: string): Generator<Finding> {
  if (settings.UserPoolTier === 'LITE')
    yield {
      path: ['UserPoolTier'],
      code: 'FeatureUnavailableInTierException',
      told: 'The following feature is not available for the LITE pricing tier configured: Multi-Region Replication',
      because: 'The pool has UserPoolTier LITE, which has no replication.',
      remedy: 'Set UserPoolTier to ESSENTIALS.',
    }
  // The key and the issuer of the pool have to be good in both regions.
  const { KeyType, KmsKeyArn = '' } = settings.KeyConfiguration ?? {}
  if (KeyType !== 'CUSTOMER_MANAGED_KEY' || !/:key\/mrk-/.test(KmsKeyArn))
    yield {
      path: ['KeyConfiguration'],
      told: 'A user pool with replicas must be encrypted with a customer managed multi-Region key.',
      because: 'KeyConfiguration of the pool names no multi-Region key: its key is good in one region only.',
      remedy:
        'Set KeyConfiguration: KeyType CUSTOMER_MANAGED_KEY, and a KmsKeyArn whose key id begins with mrk-.',
    }
  if (settings.IssuerConfiguration?.Type !== 'UPDATED')
    yield {
      path: ['IssuerConfiguration'],
      told: 'A user pool with replicas must have the issuer type UPDATED.',
      because: 'The issuer of the original type names one region.',
      remedy: 'Set IssuerConfiguration: Type UPDATED.',
    }
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region))
    yield {
      path: ['RegionName'],
      told: `${region} is no region.`,
      because: `"${region}" has not the form of a region's name.`,
      remedy: 'Name a region of AWS, such as eu-west-1.',
    }
  if (region === regionOf(id))
    yield {
      path: ['RegionName'],
      told: `The user pool is in ${region} already: it is the primary there.`,
      because: `${id} was created in ${region}.`,
      remedy: 'Name another region.',
    }
}
