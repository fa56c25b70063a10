import { integer, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, regionName, userPoolId } from './common.js'

/** User pool domains. */

/**
 * A prefix or a custom domain. The model's pattern is the prefix's, and not held to: custom domains have dots, and a bad
 * prefix is refused in words of its own (docs/facts/user-pools-api.md §2.3).
 */
const domain = string({ min: 1, max: 63 })

const customDomainConfig = structure({
  CertificateArn: required(arn),
  SecurityPolicy: oneOf('TLS_V1', 'TLS_V1_2_2021', 'TLS_V1_3_2025'),
})

const routing = structure({
  Failover: structure({
    SecondaryRegion: required(regionName),
    PrimaryRoute53HealthCheckId: required(string({ max: 64 })),
  }),
})

export const createUserPoolDomain = structure({
  Domain: required(domain),
  UserPoolId: required(userPoolId),
  ManagedLoginVersion: integer(),
  CustomDomainConfig: customDomainConfig,
  Routing: routing,
})

export const describeUserPoolDomain = structure({
  Domain: required(domain),
})

export const updateUserPoolDomain = structure({
  Domain: required(domain),
  UserPoolId: required(userPoolId),
  ManagedLoginVersion: integer(),
  CustomDomainConfig: customDomainConfig,
  Routing: routing,
})

export const deleteUserPoolDomain = structure({
  Domain: required(domain),
  UserPoolId: required(userPoolId),
})
