import type { LogConfigurations } from '../../core/delivered-log.js'
import { everyClient, type PoolDocument } from '../../core/pool-document.js'
import type { RiskConfiguration } from '../../core/risk.js'
import { ensureSound } from '../../core/rules/finding.js'
import { logDeliveryFindings, riskFindings } from '../../core/rules/protection.js'
import { servingRegion, type UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { documentOf, keepDocument } from './documents.js'

/** The writer of threat protection and log delivery. */

/**
 * Sets the threat protection of a client, or of every client that has none of its own.
 * @throws Refusal when the pool has threat protection off, or a range of addresses is none
 */
export async function setRiskConfiguration(
  service: Service,
  pool: UserPool,
  clientId: string | undefined,
  configuration: RiskConfiguration,
): Promise<PoolDocument> {
  ensureSound(riskFindings(pool.settings, configuration))
  return keepDocument(service, pool, 'risk-configuration', clientId ?? everyClient, { ...configuration })
}

export const riskConfigurationOf = (
  service: Service,
  pool: UserPool,
  clientId: string | undefined,
): Promise<PoolDocument | undefined> =>
  documentOf(service, pool, 'risk-configuration', clientId ?? everyClient)

/** @throws Refusal when an event source comes twice or has a destination that it cannot have, or the pool's tier has no log delivery */
export async function setLogDelivery(
  service: Service,
  pool: UserPool,
  configurations: LogConfigurations,
): Promise<void> {
  ensureSound(logDeliveryFindings(pool.settings, configurations, servingRegion(pool)))
  await keepDocument(service, pool, 'log-delivery', everyClient, { LogConfigurations: configurations })
}

export const logDeliveryOf = (service: Service, pool: UserPool): Promise<PoolDocument | undefined> =>
  documentOf(service, pool, 'log-delivery', everyClient)
