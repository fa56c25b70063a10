import { SnapshotError } from './snapshot-error.js'

/**
 * What the records of each collection have to have, so that the code that reads them finds what it counts on: a snapshot comes
 * from outside, and its digest proves only that it is as its author wrote it.
 */

/** What a member holds: a list of texts, of objects; texts by name. A `?` allows it to be absent. */
type Kind = 'text' | 'number' | 'boolean' | 'object' | 'texts' | 'objects' | 'text map'
type Members = { readonly [member: string]: Kind | `${Kind}?` }

const dates = { createdAt: 'number', modifiedAt: 'number' } as const
const ofUser = { poolId: 'text', sub: 'text' } as const

const shapes: { readonly [collection: string]: Members } = {
  pools: {
    id: 'text',
    name: 'text',
    settings: 'object',
    schema: 'objects',
    domain: 'text?',
    domainAddress: 'text?',
    customDomain: 'object?',
    sessions: 'object?',
    issuer: 'text',
    ...dates,
  },
  clients: {
    id: 'text',
    poolId: 'text',
    name: 'text',
    secrets: 'objects',
    settings: 'object',
    ssoMinutes: 'number?',
    ...dates,
  },
  'identity-providers': {
    poolId: 'text',
    name: 'text',
    type: 'text',
    details: 'text map',
    mapping: 'text map',
    identifiers: 'texts',
    linkingAttributes: 'texts?',
    ...dates,
  },
  'resource-servers': { poolId: 'text', identifier: 'text', name: 'text', scopes: 'objects' },
  groups: { poolId: 'text', name: 'text', ...dates },
  memberships: { ...ofUser, group: 'text' },
  users: {
    ...ofUser,
    username: 'text',
    status: 'text',
    enabled: 'boolean',
    attributes: 'text map',
    identities: 'objects',
    aliases: 'texts',
    password: 'object?',
    formerPasswords: 'objects?',
    mfa: 'object?',
    ...dates,
  },
  passkeys: {
    ...ofUser,
    credentialId: 'text',
    publicKey: 'text',
    counter: 'number',
    relyingPartyId: 'text',
    friendlyName: 'text',
    transports: 'texts',
    createdAt: 'number',
  },
  'upstream-people': {
    provider: 'text',
    username: 'text',
    claims: 'object',
    withoutPage: 'boolean',
    addedAt: 'number',
  },
  'zoo-records': { provider: 'text', payload: 'object' },
  devices: { ...ofUser, deviceKey: 'text', groupKey: 'text' },
  grants: {
    ...ofUser,
    id: 'text',
    clientId: 'text',
    scopes: 'texts',
    authTime: 'number',
    eventId: 'text',
    session: 'object?',
    ssoSession: 'text?',
  },
  'ended-sign-ins': {},
  'taken-domains': {},
  'refresh-tokens': {
    poolId: 'text',
    grantId: 'text',
    clientId: 'text',
    issuedAt: 'number',
    expiresAt: 'number',
  },
  'signing-keys': { idToken: 'text', accessToken: 'text' },
  'saml-signing': { privateKey: 'text', certificate: 'text' },
  'pool-documents': {
    poolId: 'text',
    kind: 'text',
    id: 'text',
    region: 'text?',
    value: 'object',
    ...dates,
  },
  'user-import-jobs': { poolId: 'text', id: 'text', name: 'text', status: 'text', createdAt: 'number' },
  'running-user-imports': { jobId: 'text' },
  'user-import-pieces': { text: 'text' },
  'srp-proofs': { ...ofUser, clientId: 'text', username: 'text' },
  messages: { ...ofUser, id: 'text', username: 'text', to: 'text', body: 'text', at: 'number' },
  'delivered-logs': {
    poolId: 'text',
    id: 'text',
    source: 'text',
    destination: 'text',
    at: 'number',
    entry: 'object',
  },
  'provider-discoveries': { issuer: 'text', endpoints: 'text map' },
  'federated-sign-ins': {
    poolId: 'text',
    provider: 'text',
    parameters: 'object',
    browser: 'text',
    at: 'text?',
    createdAt: 'number',
  },
  'federated-sign-outs': { poolId: 'text', provider: 'text', next: 'text' },
  'federation-state-key': { key: 'text' },
  'passkey-registrations': { clientId: 'text', challenge: 'text', relyingPartyId: 'text' },
  'verification-codes': { fingerprint: 'text', attribute: 'text', expiresAt: 'number' },
  'hosted-sessions': { ...ofUser, provider: 'text', authTime: 'number', sso: 'object?' },
  'app-sessions': { json: 'text' },
  attempts: { count: 'number' },
  'auth-events': { ...ofUser, id: 'text', type: 'text', response: 'text', at: 'number', secret: 'text' },
  'risk-rules': { rules: 'objects' },
  'risk-feedback': { ...ofUser, value: 'text' },
  'auth-event-counts': { count: 'number' },
  'wrong-tries': { count: 'number', lockedUntil: 'number' },
  'challenge-sessions': {
    ...ofUser,
    clientId: 'text',
    username: 'text',
    validUntil: 'number',
    used: 'boolean',
    pending: 'object',
    journey: 'object',
  },
  'authorization-codes': {
    clientId: 'text',
    grantId: 'text',
    sub: 'text',
    redirectUri: 'text',
    changes: 'object?',
    expiresAt: 'number',
  },
  'saml-metadata': {
    source: 'text',
    entityId: 'text',
    ssoUrl: 'text',
    certificates: 'texts',
    readAt: 'number',
  },
  'provisioned-limits': { value: 'number' },
  // Whatever of these is there is as an operation was given it, or it has no members.
  'mfa-configurations': {},
  'used-totp-codes': {},
  'saml-assertions': {},
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isListOf = (isMember: (member: unknown) => boolean) => (value: unknown) =>
  Array.isArray(value) && value.every(isMember)

const kinds: Record<Kind, { readonly holds: (value: unknown) => boolean; readonly told: string }> = {
  text: { holds: isText, told: 'a text' },
  number: { holds: isNumber, told: 'a number' },
  boolean: { holds: value => typeof value === 'boolean', told: 'true or false' },
  object: { holds: isObject, told: 'an object' },
  texts: { holds: isListOf(isText), told: 'a list of texts' },
  objects: { holds: isListOf(isObject), told: 'a list of objects' },
  'text map': {
    holds: value => isObject(value) && Object.values(value).every(isText),
    told: 'texts by name',
  },
}

/**
 * Why an entry of a collection is none that a store can take over, or its record not what its readers count on; undefined
 * where it is sound. A collection that is not known here, of a Rockpool with more of them, is taken over for what it is: records.
 * @param index its place in the collection, from 0 on
 */
export function mistakeOfEntry(collection: string, entry: unknown, index: number): SnapshotError | undefined {
  const mistake = mistakeIn(collection, entry)
  return mistake === undefined ? undefined : unfit(`${nameOf(collection, entry, index)} ${mistake}`)
}

function mistakeIn(collection: string, entry: unknown): string | undefined {
  if (!isObject(entry)) return 'is no object'
  const { key, expiresAt, filed, record } = entry
  if (!isText(key)) return 'has no "key"'
  if (expiresAt !== undefined && !isNumber(expiresAt)) return 'has an "expiresAt" that is no number'
  if (filed !== undefined && !(isObject(filed) && Object.values(filed).every(kinds.texts.holds)))
    return 'has a "filed" that is not lists of texts by name'
  if (!isObject(record)) return 'has a "record" that is no object'
  const members = Object.hasOwn(shapes, collection) ? shapes[collection] : undefined
  for (const [member, given] of Object.entries(members ?? {})) {
    const isOptional = given.endsWith('?')
    const { holds, told } = kinds[given.replace('?', '') as Kind]
    const value = Object.hasOwn(record, member) ? record[member] : undefined
    if (value === undefined && !isOptional) return `has no member "${member}", which is ${told}`
    if (value !== undefined && !holds(value)) return `has a member "${member}" that is not ${told}`
  }
  return undefined
}

const nameOf = (collection: string, entry: unknown, index: number): string =>
  isObject(entry) && isText(entry.key)
    ? `the record ${JSON.stringify(entry.key.slice(0, 100))} of its collection ${JSON.stringify(collection)}`
    : `record ${index + 1} of its collection ${JSON.stringify(collection)}`

const unfit = (what: string): SnapshotError =>
  new SnapshotError(
    `The snapshot cannot be restored: ${what}. Restore a snapshot as Rockpool wrote it; to change users, export and import those.`,
  )

/** The names of the collections whose records are known here. */
export const knownCollections: readonly string[] = Object.keys(shapes)
