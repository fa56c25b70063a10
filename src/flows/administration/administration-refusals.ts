import { refusal } from '../../core/refusal.js'
import { regionOf, servingRegion, type UserPool } from '../../core/user-pool.js'

/**
 * What the writers of pools, clients, providers, resource servers, groups and users refuse, in Cognito's words
 * (docs/facts/user-pools-api.md §2).
 */

export const clientNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: `User pool client ${id} does not exist.`,
  because: `There is no client ${id} in this pool.`,
  remedy: 'Use a ClientId that ListUserPoolClients shows for the pool.',
}))

export const userNotFound = refusal('UserNotFoundException', (username: string, pool: UserPool) => ({
  told: 'User does not exist.',
  because: `${pool.name} has no user with the username, alias or sub "${username}".`,
  remedy: `Create the user with AdminCreateUser, or name one that ListUsers shows for ${pool.name}.`,
}))

export const secretForPublicClient = refusal('InvalidParameterException', (client: string) => ({
  told: 'A secret can be added to a client that has one already, not to a public client.',
  because: `${client} is a public client.`,
  remedy: 'Create another client with "GenerateSecret": true.',
}))

// Cognito's words are not known.
export const secretsOfRegistered = refusal('InvalidParameterException', (client: string) => ({
  told: 'Client secrets of a dynamically registered client cannot be managed.',
  because: `${client} registered itself: its secret came with its registration, and stays.`,
  remedy: 'Have the client register anew, or create one with CreateUserPoolClient.',
}))

export const tooManySecrets = refusal('LimitExceededException', (client: string) => ({
  told: 'Client secrets cannot exceed limit of 2 secrets.',
  because: `${client} has two secrets.`,
  remedy: 'Delete the older one with DeleteUserPoolClientSecret first.',
}))

export const secretNotFound = refusal('InvalidParameterException', (id: string) => ({
  told: `Client secret ${id} does not exist.`,
  because: `The client has no secret with the id ${id}.`,
  remedy: 'Use an id that ListUserPoolClientSecrets shows.',
}))

export const lastSecret = refusal('InvalidParameterException', (client: string) => ({
  told: 'The last client secret cannot be deleted.',
  because: `${client} has this secret alone, and would become a public client.`,
  remedy: 'Add another secret with AddUserPoolClientSecret first.',
}))

export const poolProtected = refusal('InvalidParameterException', (pool: string) => ({
  told: 'The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.',
  because: `${pool} has DeletionProtection ACTIVE.`,
  remedy: 'Set DeletionProtection to INACTIVE with UpdateUserPool first.',
}))

// The service's words of the next two are not known.
export const poolHasReplica = refusal('InvalidParameterException', (pool: string, region: string) => ({
  told: 'User pool cannot be deleted. It has a replica that should be deleted first.',
  because: `${pool} has a secondary replica in ${region}.`,
  remedy: `Delete the replica with DeleteUserPoolReplica, RegionName ${region}, first.`,
}))

export const onlyAtPrimary = refusal('OperationNotEnabledException', (member: string, pool: UserPool) => ({
  told: `${member} can only be changed in the primary Region of the user pool.`,
  because: `The request was for the secondary replica in ${servingRegion(pool)}, whose ${member} is that of the primary.`,
  remedy: `Send it to ${regionOf(pool.id)}. A replica has its own EmailConfiguration, SmsConfiguration, LambdaConfig and UserPoolTags.`,
}))

export const poolHasDomain = refusal('InvalidParameterException', (pool: string) => ({
  told: 'User pool cannot be deleted. It has a domain configured that should be deleted first.',
  because: `${pool} has a domain.`,
  remedy: `Delete the domain of ${pool} with DeleteUserPoolDomain first; DescribeUserPool shows it.`,
}))

export const attributeExists = refusal('InvalidParameterException', (name: string, existing: string) => ({
  told: `${name}: Existing attribute already has name ${existing}.`,
  because: `The schema of the pool has the attribute ${existing}.`,
  remedy: 'Choose another name: attributes of a pool are never changed or deleted.',
}))

/** The sentence is ours: Cognito's own is not known. */
export const tooManyAttributes = refusal('InvalidParameterException', (most: number) => ({
  told: `A user pool can have ${most} custom attributes at most.`,
  because: `With the new ones the pool would have more than ${most} custom attributes.`,
  remedy: 'Add fewer, or make another pool: attributes are never deleted.',
}))

export const importInProgress = refusal('UserImportInProgressException', () => ({
  told: 'A user import job of this user pool is in progress.',
  because: 'A running import counts on the pool as it is.',
  remedy: 'Wait until the job has ended, or stop it with StopUserImportJob.',
}))

export const domainTaken = refusal('InvalidParameterException', (domain: string) => ({
  told: 'Domain already associated with another user pool.',
  because: `Another pool has the domain ${domain}: a prefix is unique in its region, a custom domain everywhere.`,
  remedy: 'Choose another domain, or delete that one with DeleteUserPoolDomain first.',
}))

export const domainConfigured = refusal('InvalidParameterException', (pool: UserPool) => ({
  told: 'User pool already has a domain configured.',
  because: `${pool.name} has a domain of this kind.`,
  remedy: `Delete the domain of ${pool.name} with DeleteUserPoolDomain first; DescribeUserPool shows it.`,
}))

/** The sentence is ours: Cognito's own is not known. */
export const routingOfPrefix = refusal('InvalidParameterException', (prefix: string) => ({
  told: 'Routing can be set for a custom domain only.',
  because: `"${prefix}" is a prefix domain, of which each region has its own; a custom domain alone fails over.`,
  remedy: 'Leave Routing out, or give it to the custom domain of the pool.',
}))

export const noSuchDomain = refusal('InvalidParameterException', (domain: string, pool: UserPool) => ({
  told: 'No such domain or user pool exists.',
  because: `${pool.name} does not have the domain ${domain}.`,
  remedy: 'Name the domain that DescribeUserPool shows for the pool.',
}))

export const providerNotFound = refusal('ResourceNotFoundException', (name: string) => ({
  told: `Identity provider ${name} does not exist.`,
  because: `The pool has no identity provider "${name}".`,
  remedy: 'Create it with CreateIdentityProvider, or name one that ListIdentityProviders shows.',
}))

export const providerExists = refusal('DuplicateProviderException', (name: string) => ({
  told: `A provider with the name ${name} already exists.`,
  because: `The pool has an identity provider "${name}".`,
  remedy: 'Choose another ProviderName, or change that one with UpdateIdentityProvider.',
}))

export const resourceServerNotFound = refusal('ResourceNotFoundException', (identifier: string) => ({
  told: `Resource server ${identifier} does not exist.`,
  because: `The pool has no resource server "${identifier}".`,
  remedy: 'Create it with CreateResourceServer, or name one that ListResourceServers shows.',
}))

export const resourceServerExists = refusal(
  'InvalidParameterException',
  (identifier: string, pool: UserPool) => ({
    told: `${identifier} already exists in user pool ${pool.id}.`,
    because: `${pool.name} has a resource server "${identifier}".`,
    remedy: 'Choose another Identifier, or change that one with UpdateResourceServer.',
  }),
)

export const groupNotFound = refusal('ResourceNotFoundException', (name: string) => ({
  told: 'Group not found.',
  because: `The pool has no group "${name}".`,
  remedy: `Create ${name} with CreateGroup first, or name a group that ListGroups shows.`,
}))

export const groupExists = refusal('GroupExistsException', (name: string) => ({
  told: 'A group with the name already exists.',
  because: `The pool has a group "${name}".`,
  remedy: 'Choose another GroupName, or change that one with UpdateGroup.',
}))
