import type { AppClient } from './app-client.js'
import type { AuthEvent } from './auth-event.js'
import type { AuthorizationCode } from './authorization-code.js'
import type { ChallengeSession, PendingPassword } from './challenge-session.js'
import type { DeliveredLog } from './delivered-log.js'
import { type Device, isConfirmed } from './device.js'
import type { Grant, RefreshToken } from './grant.js'
import type { Group, Membership } from './group.js'
import type { HostedSession } from './hosted-session.js'
import { identityKeys } from './identity.js'
import type { Discovery, IdentityProvider, KeptMetadata } from './identity-provider.js'
import type { ImportJob } from './import-job.js'
import type { Message } from './message.js'
import type { MfaConfiguration } from './mfa.js'
import type { Passkey, PendingRegistration } from './passkey.js'
import type { PendingSignIn, PendingSignOut } from './pending-sign-in.js'
import type { PoolDocument } from './pool-document.js'
import type { SamlSigning, StoredKeys } from './pool-keys.js'
import { type Collection, keyOf } from './ports/store.js'
import type { ResourceServer } from './resource-server.js'
import type { RiskRule } from './risk.js'
import type { UpstreamUser } from './upstream-provider.js'
import type { User } from './user.js'
import type { UserPool } from './user-pool.js'
import type { VerificationCode } from './verification-code.js'

/** Everything that Rockpool stores: the collections of its records, and what each can be looked up by. No other file has one. */

/** Key: the pool's id. */
export const pools: Collection<UserPool> = {
  name: 'pools',
  indexes: {
    domain: ({ domain }) => (domain === undefined ? [] : [domain]),
    customDomain: ({ customDomain }) => (customDomain === undefined ? [] : [customDomain.name]),
    name: ({ name }) => [name],
  },
}

/** Names of domains that were taken a moment ago: of two requests that take a name at once, the second finds it here and looks again. Key: the name. */
export const takenDomains: Collection<object> = { name: 'taken-domains', indexes: {} }

/** Key: the client's id, which is unique across pools. */
export const clients: Collection<AppClient> = {
  name: 'clients',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool and name. */
export const identityProviders: Collection<IdentityProvider> = {
  name: 'identity-providers',
  indexes: {
    pool: ({ poolId }) => [poolId],
    identifier: ({ poolId, identifiers }) => identifiers.map(identifier => keyOf(poolId, identifier)),
  },
}

/** Key: pool and identifier. */
export const resourceServers: Collection<ResourceServer> = {
  name: 'resource-servers',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool and group name. */
export const groups: Collection<Group> = {
  name: 'groups',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: pool, user and group. */
export const memberships: Collection<Membership> = {
  name: 'memberships',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    group: ({ poolId, group }) => [keyOf(poolId, group)],
  },
}

/** Key: pool and credential id: one authenticator's credential is one user's. */
export const passkeys: Collection<Passkey> = {
  name: 'passkeys',
  indexes: { user: ({ poolId, sub }) => [keyOf(poolId, sub)] },
}

/** Key: pool and device key. Devices that are not confirmed are no one's to see. */
export const devices: Collection<Device> = {
  name: 'devices',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    confirmed: device => (isConfirmed(device) ? [keyOf(device.poolId, device.sub)] : []),
  },
}

/** Key: the pool's id. */
export const mfaConfigurations: Collection<MfaConfiguration> = { name: 'mfa-configurations', indexes: {} }

/** Key: pool, kind and id. */
export const documents: Collection<PoolDocument> = {
  name: 'pool-documents',
  indexes: {
    pool: ({ poolId }) => [poolId],
    kind: ({ poolId, kind, region }) => (region === undefined ? [keyOf(poolId, kind)] : []),
    replicaIn: ({ kind, id }) => (kind === 'replica' ? [id] : []),
    replicaDomain: ({ kind, id, value }) =>
      kind === 'replica' && value.Domain !== undefined ? [keyOf(id, String(value.Domain))] : [],
  },
}

/** Key: pool, the time the job was made (newest first), and id. */
export const importJobs: Collection<ImportJob> = {
  name: 'user-import-jobs',
  indexes: {
    pool: ({ poolId }) => [poolId],
    id: ({ poolId, id }) => [keyOf(poolId, id), id],
  },
}

/** The one job of a pool that is under way. Key: the pool's id. */
export const runningImports: Collection<{ readonly jobId: string }> = {
  name: 'running-user-imports',
  indexes: {},
}

/** A piece of the text of a file of users. Key: the file's id and a number. */
export const importPieces: Collection<{ readonly text: string }> = { name: 'user-import-pieces', indexes: {} }

/** A user together with the aliases that the pool's settings make of their attributes. */
export interface UserRecord extends User {
  /** As `aliasesOf` computes them when the record is written. */
  readonly aliases: readonly string[]
}

/** The attributes that users are searched by (docs/facts/user-pools-api.md §4.6), besides username, `sub` and status. */
export const searchable = [
  'email',
  'phone_number',
  'name',
  'given_name',
  'family_name',
  'preferred_username',
] as const

/** How the index files a searchable value: without regard to case. */
export const searchKey = (poolId: string, attribute: string, value: string): string =>
  keyOf(poolId, attribute, value.toLowerCase())

const searchKeys = ({ poolId, status, enabled, attributes }: UserRecord): string[] => [
  searchKey(poolId, 'cognito:user_status', status),
  searchKey(poolId, 'status', enabled ? 'Enabled' : 'Disabled'),
  ...searchable.flatMap(name => (attributes[name] ? [searchKey(poolId, name, attributes[name])] : [])),
]

/** Key: pool and username, as the pool compares usernames. */
export const users: Collection<UserRecord> = {
  name: 'users',
  indexes: {
    pool: ({ poolId }) => [poolId],
    sub: ({ poolId, sub }) => [keyOf(poolId, sub)],
    alias: ({ aliases }) => aliases,
    search: user => searchKeys(user),
    identity: ({ poolId, identities }) => identities.flatMap(identity => identityKeys(poolId, identity)),
  },
}

/** Mails and text messages: nothing ever leaves the machine. Key: the time a message was written, a number, and its id. */
export const messages: Collection<Message> = {
  name: 'messages',
  indexes: {
    id: ({ id }) => [id],
    pool: ({ poolId }) => [poolId],
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    username: ({ username }) => [username],
  },
}

/** Log entries that would have been delivered. Key: the time an entry was written and a number, which both fall so that the newest comes first, and its id. */
export const deliveredLogs: Collection<DeliveredLog> = {
  name: 'delivered-logs',
  indexes: { pool: ({ poolId }) => [poolId] },
}

/** Key: the pool's id. */
export const signingKeys: Collection<StoredKeys> = { name: 'signing-keys', indexes: {} }

/** Key: the pool's id; pool and name of a provider to which assertions are encrypted; or a built-in provider. */
export const samlSigning: Collection<SamlSigning> = { name: 'saml-signing', indexes: {} }

/** Key: the grant's id. */
export const grants: Collection<Grant> = {
  name: 'grants',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    tracked: ({ poolId, sub, session }) =>
      session === undefined ? [] : [sessionsKey(poolId, sub, session.era)],
    sso: ({ poolId, ssoSession }) => (ssoSession === undefined ? [] : [keyOf(poolId, ssoSession)]),
  },
}

/** How the sessions of a user are filed that the pool tracks: bounded, however often they have signed in before. */
export const sessionsKey = (poolId: string, sub: string, era: number): string =>
  keyOf(poolId, sub, String(era))

/** Sign-ins that were ended one by one, whose access tokens may not say which sign-in they are of. Key: pool and `event_id`. */
export const endedSignIns: Collection<object> = { name: 'ended-sign-ins', indexes: {} }

/** Key: the token's fingerprint. */
export const refreshTokens: Collection<RefreshToken> = {
  name: 'refresh-tokens',
  indexes: { grant: ({ grantId }) => [grantId] },
}

/** Key: the code's fingerprint. */
export const authorizationCodes: Collection<AuthorizationCode> = { name: 'authorization-codes', indexes: {} }

/** Key: the fingerprint of the cookie's value. */
export const hostedSessions: Collection<HostedSession> = {
  name: 'hosted-sessions',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    tracked: ({ poolId, sub, sso }) => (sso === undefined ? [] : [sessionsKey(poolId, sub, sso.era)]),
    sso: ({ poolId, sso }) => (sso === undefined ? [] : [keyOf(poolId, sso.id)]),
  },
}

/** Key: the session's fingerprint. */
export const challengeSessions: Collection<ChallengeSession> = { name: 'challenge-sessions', indexes: {} }

/** Key: the fingerprint of the secret block. */
export const passwordProofs: Collection<PendingPassword> = { name: 'srp-proofs', indexes: {} }

/** Key: pool and user. */
export const passkeyRegistrations: Collection<PendingRegistration> = {
  name: 'passkey-registrations',
  indexes: {},
}

/** Key: pool, user and purpose, so that only the newest code counts. */
export const verificationCodes: Collection<VerificationCode> = { name: 'verification-codes', indexes: {} }

/** Codes of authenticator apps that were used. Key: pool, user and the step that the code belongs to. */
export const usedSoftwareTokenCodes: Collection<object> = { name: 'used-totp-codes', indexes: {} }

/** Attempts since the first of them. Key: pool, user and action. */
export const attempts: Collection<{ readonly count: number }> = { name: 'attempts', indexes: {} }

/** Wrong passwords or codes in a row. Key: pool, user, and which of the two. */
export const failures: Collection<{
  readonly count: number
  /** Milliseconds since the epoch. */
  readonly lockedUntil: number
}> = { name: 'wrong-tries', indexes: {} }

/** Key: pool, user, and a number that falls, so that the newest event comes first. */
export const authEvents: Collection<AuthEvent> = {
  name: 'auth-events',
  indexes: {
    user: ({ poolId, sub }) => [keyOf(poolId, sub)],
    id: ({ poolId, sub, id }) => [keyOf(poolId, sub, id)],
  },
}

/** The rules by which threat protection judges. Key: `rules`. */
export const riskRules: Collection<{ readonly rules: readonly RiskRule[] }> = {
  name: 'risk-rules',
  indexes: {},
}

/** What was said of a user's events from an address and device. Key: pool, user, address and device. */
export const riskFeedback: Collection<{
  readonly poolId: string
  readonly sub: string
  readonly value: 'Valid' | 'Invalid'
}> = { name: 'risk-feedback', indexes: { user: ({ poolId, sub }) => [keyOf(poolId, sub)] } }

/** How many events a user has had. Key: pool and user. */
export const authEventCounts: Collection<{ readonly count: number }> = {
  name: 'auth-event-counts',
  indexes: {},
}

/** Sign-ins at other providers. Key: the fingerprint of the state. */
export const pendingSignIns: Collection<PendingSignIn> = { name: 'federated-sign-ins', indexes: {} }

/** Sign-outs at other providers. Key: the fingerprint of the state. */
export const pendingSignOuts: Collection<PendingSignOut> = { name: 'federated-sign-outs', indexes: {} }

/** The one key that seals all states. Key: `key`. */
export const federationStateKeys: Collection<{ readonly key: string }> = {
  name: 'federation-state-key',
  indexes: {},
}

/** Key: pool and provider name. */
export const providerDiscoveries: Collection<Discovery> = { name: 'provider-discoveries', indexes: {} }

/** What SAML providers say of themselves, as it was read last. Key: pool and provider name. */
export const samlMetadata: Collection<KeptMetadata> = { name: 'saml-metadata', indexes: {} }

/** Assertions that were taken: each is good for one sign-in (fact S27). Key: pool, provider and the assertion's id. */
export const takenAssertions: Collection<object> = { name: 'saml-assertions', indexes: {} }

/** The limits that the account has asked for. Key: region and category. */
export const provisionedLimits: Collection<{ readonly value: number }> = {
  name: 'provisioned-limits',
  indexes: {},
}

/** What the engine of a built-in provider keeps: sessions, codes, tokens. */
export interface ZooRecord {
  readonly provider: string
  /** The engine's own. Rockpool finds records by these two members. */
  readonly payload: { readonly uid?: string | undefined; readonly grantId?: string | undefined }
}

/** A person who was added to a built-in provider while Rockpool runs. */
export interface UpstreamPerson extends UpstreamUser {
  readonly provider: string
  /** Whether this person is signed in without a page, as long as nobody is added after them. */
  readonly withoutPage: boolean
  /** Milliseconds since the epoch. */
  readonly addedAt: number
}

/** Key: built-in provider and username. */
export const upstreamPeople: Collection<UpstreamPerson> = {
  name: 'upstream-people',
  indexes: { provider: ({ provider }) => [provider] },
}

/** What the built-in app remembers of a browser. Key: the fingerprint of the cookie's value. */
export const appSessions: Collection<{ readonly json: string }> = { name: 'app-sessions', indexes: {} }

/** Key: provider, model and id. */
export const zooRecords: Collection<ZooRecord> = {
  name: 'zoo-records',
  indexes: {
    uid: ({ provider, payload: { uid } }) => (uid === undefined ? [] : [keyOf(provider, uid)]),
    grant: ({ provider, payload: { grantId } }) => (grantId === undefined ? [] : [keyOf(provider, grantId)]),
  },
}
