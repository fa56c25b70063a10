import type { PoolDocument } from './pool-document.js'
import { type PoolSettings, type ReplicaStatus, servingRegion, type UserPool } from './user-pool.js'

/**
 * A secondary replica of a pool: the same pool, users and keys in another region, with a few settings of its own
 * (docs/facts/additions-2026.md §6).
 */

/** The settings that each region has of its own. All others are those of the primary. */
const regionalSettings = ['EmailConfiguration', 'SmsConfiguration', 'LambdaConfig', 'UserPoolTags'] as const

export const isRegional = (setting: string): boolean => regionalSettings.some(name => name === setting)

type RegionalSettings = Pick<PoolSettings, (typeof regionalSettings)[number]>

export interface Replica {
  readonly region: string
  readonly status: ReplicaStatus
  readonly settings: RegionalSettings
  /** The prefix of the replica's own domain, and the version of the pages there. */
  readonly domain?: string
  readonly managedLoginVersion?: number
}

export const replicaOf = ({ id, value }: PoolDocument): Replica => {
  const { Status, Domain, ManagedLoginVersion, ...settings } = value
  return {
    region: id,
    status: Status as ReplicaStatus,
    settings,
    ...(Domain === undefined ? {} : { domain: Domain as string }),
    ...(ManagedLoginVersion === undefined ? {} : { managedLoginVersion: ManagedLoginVersion as number }),
  }
}

/** What is stored of a replica. */
export const replicaValue = ({
  status,
  settings,
  domain,
  managedLoginVersion,
}: Omit<Replica, 'region'>): PoolDocument['value'] => ({
  Status: status,
  ...settings,
  ...(domain === undefined ? {} : { Domain: domain }),
  ...(managedLoginVersion === undefined ? {} : { ManagedLoginVersion: managedLoginVersion }),
})

/** A pool as a replica serves it: with the settings and the domain that the replica has of its own. */
export function asServedBy(pool: UserPool, replica: Replica): UserPool {
  const {
    domain: _domain,
    domainAddress: _address,
    customDomain: _customDomain,
    managedLoginVersion: _version,
    ...shared
  } = pool
  const { domain, managedLoginVersion } = replica
  return {
    ...shared,
    settings: { ...sharedSettings(pool.settings), ...replica.settings },
    ...(domain === undefined ? {} : { domain, domainAddress: 'regional' }),
    ...(managedLoginVersion === undefined ? {} : { managedLoginVersion }),
    servedBy: { region: replica.region, status: replica.status },
  }
}

/** The settings that a pool has in all its regions. */
export const sharedSettings = (settings: PoolSettings): PoolSettings =>
  Object.fromEntries(Object.entries(settings).filter(([name]) => !isRegional(name)))

/** What of a pool, as a replica serves it, is the replica's own. */
export function ownPart(pool: UserPool): Replica {
  const { servedBy, settings, domain, managedLoginVersion } = pool
  return {
    region: servingRegion(pool),
    status: servedBy?.status ?? 'ACTIVE',
    settings: Object.fromEntries(
      regionalSettings.flatMap(name => (settings[name] === undefined ? [] : [[name, settings[name]]])),
    ),
    ...(domain === undefined ? {} : { domain }),
    ...(managedLoginVersion === undefined ? {} : { managedLoginVersion }),
  }
}

/** Operations of a replica that is INACTIVE: reading, and setting what is its own. */
const ofInactive: ReadonlySet<string> = new Set([
  'AdminGetDevice',
  'AdminGetUser',
  'AdminListDevices',
  'AdminListGroupsForUser',
  'AdminListUserAuthEvents',
  'CreateUserPoolDomain',
  'DeleteUserPoolDomain',
  'DeleteUserPoolReplica',
  'DescribeIdentityProvider',
  'DescribeManagedLoginBranding',
  'DescribeManagedLoginBrandingByClient',
  'DescribeResourceServer',
  'DescribeRiskConfiguration',
  'DescribeTerms',
  'DescribeUserPool',
  'DescribeUserPoolClient',
  'DescribeUserPoolDomain',
  'GetGroup',
  'GetLogDeliveryConfiguration',
  'GetSigningCertificate',
  'GetUICustomization',
  'GetUserPoolMfaConfig',
  'ListIdentityProviders',
  'ListGroups',
  'ListResourceServers',
  'ListTagsForResource',
  'ListTerms',
  'ListUserPoolClients',
  'ListUserPoolClientSecrets',
  'ListUserPoolReplicas',
  'ListUserPools',
  'ListUsers',
  'ListUsersInGroup',
  'SetLogDeliveryConfiguration',
  'SetRiskConfiguration',
  'SetUserPoolMfaConfig',
  'TagResource',
  'UntagResource',
  'UpdateUserPool',
  'UpdateUserPoolDomain',
  'UpdateUserPoolReplica',
])

/** What an ACTIVE replica does besides. */
const ofActive: ReadonlySet<string> = new Set([
  'AdminInitiateAuth',
  'AdminRespondToAuthChallenge',
  'AdminUpdateAuthEventFeedback',
  'AdminUserGlobalSignOut',
  'GetDevice',
  'GetIdentityProviderByIdentifier',
  'GetTokensFromRefreshToken',
  'GetUser',
  'GetUserAuthFactors',
  'GlobalSignOut',
  'InitiateAuth',
  'ListDevices',
  'ListWebAuthnCredentials',
  'RespondToAuthChallenge',
  'RevokeToken',
  'UpdateAuthEventFeedback',
])

/** Whether a replica has an operation of the API; all others are the primary's alone. */
export const servesOperation = (status: ReplicaStatus, operation: string): boolean =>
  ofInactive.has(operation) || (status === 'ACTIVE' && ofActive.has(operation))
