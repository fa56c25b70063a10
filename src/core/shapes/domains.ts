import { integer, oneOf, required, string, structure } from '../../lib/shape.js'
import { arn, domainName, regionName, userPoolId } from './common.js'

/** User pool domains. */

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
  Domain: required(domainName),
  UserPoolId: required(userPoolId),
  ManagedLoginVersion: integer(),
  CustomDomainConfig: customDomainConfig,
  Routing: routing,
})

export const describeUserPoolDomain = structure({
  Domain: required(domainName),
})

export const updateUserPoolDomain = structure({
  Domain: required(domainName),
  UserPoolId: required(userPoolId),
  ManagedLoginVersion: integer(),
  CustomDomainConfig: customDomainConfig,
  Routing: routing,
})

export const deleteUserPoolDomain = structure({
  Domain: required(domainName),
  UserPoolId: required(userPoolId),
})
