import type { AppClient } from '../../core/app-client.js'
import type { PoolDocument } from '../../core/pool-document.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from './documents.js'
import { ensureRoom } from './quotas.js'

/** The writer of the terms that the hosted pages of a client link to. */

/** Terms in the members of `CreateTerms`. */
type TermsMembers = PoolDocument['value']

/** @throws Refusal when the client has terms of this name */
export async function createTerms(
  service: Service,
  pool: UserPool,
  terms: TermsMembers,
): Promise<PoolDocument> {
  const others = await documentsOf(service, pool, 'terms')
  const isTaken = others.some(
    ({ value }) => value.ClientId === terms.ClientId && value.TermsName === terms.TermsName,
  )
  ensure(!isTaken, () => termsExist(String(terms.TermsName), String(terms.ClientId)))
  ensureRoom('terms documents in a user pool', others.length, 'DeleteTerms')
  return keepDocument(service, pool, 'terms', service.chance.uuid(), terms)
}

/** @throws Refusal when the pool has no terms of this id */
export async function termsById(service: Service, pool: UserPool, id: string): Promise<PoolDocument> {
  const found = await documentOf(service, pool, 'terms', id)
  ensure(found, () => termsNotFound(id))
  return found
}

/** @throws Refusal when the client has no terms of this name */
export async function termsOfClient(
  service: Service,
  pool: UserPool,
  { id, name: clientName }: AppClient,
  name: string,
): Promise<PoolDocument> {
  const all = await documentsOf(service, pool, 'terms')
  const found = all.find(({ value }) => value.ClientId === id && value.TermsName === name)
  ensure(found, () => noTermsOfClient(clientName, name))
  return found
}

/** Changes the members that are given. The others stay. */
export async function updateTerms(
  service: Service,
  pool: UserPool,
  id: string,
  changed: TermsMembers,
): Promise<PoolDocument> {
  const { value } = await termsById(service, pool, id)
  return keepDocument(service, pool, 'terms', id, { ...value, ...changed })
}

export async function deleteTerms(service: Service, pool: UserPool, id: string): Promise<void> {
  await termsById(service, pool, id)
  await dropDocument(service, pool, 'terms', id)
}

const termsExist = refusal('TermsExistsException', (name: string, client: string) => ({
  told: 'Terms document already exists for the app client.',
  because: `The client ${client} has terms of the name ${name}.`,
  remedy: 'Change it with UpdateTerms.',
}))

const noTermsOfClient = refusal('ResourceNotFoundException', (client: string, name: string) => ({
  told: 'Terms document does not exist for the app client.',
  because: `The client ${client} has no terms of the name ${name}.`,
  remedy: `Create them with CreateTerms, or name a client that has ${name}.`,
}))

const termsNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: `Terms ${id} does not exist.`,
  because: `The pool has no terms of the id ${id}.`,
  remedy: 'Use a TermsId that ListTerms shows for the pool.',
}))
