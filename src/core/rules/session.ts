import type { PoolSettings } from '../user-pool.js'
import type { Draft, Finding } from './finding.js'

/** What is wrong with the tracking of sessions, of a pool or of a client: the tier LITE has none (docs/facts/additions-2026.md §2.2). */
export function* sessionFindings({ UserPoolTier }: Draft<PoolSettings>): Generator<Finding> {
  if (UserPoolTier === 'LITE')
    yield {
      path: ['SessionConfiguration'],
      code: 'FeatureUnavailableInTierException',
      // The service's words are not known; these are of its pattern.
      told: 'The following feature is not available for the LITE pricing tier configured: User Session Management',
      because: 'The tier LITE has no management of user sessions.',
      remedy: 'Set UserPoolTier to ESSENTIALS or PLUS.',
    }
}
