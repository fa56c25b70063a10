import { type BrandingAsset, mergeAssets } from '../../core/branding/assets.js'
import { mergeSettings } from '../../core/branding/settings.js'
import type { PoolDocument } from '../../core/pool-document.js'
import { ensure, refusal } from '../../core/refusal.js'
import { ensureSound } from '../../core/rules/finding.js'
import { pictureFindings, type Style, styleFindings, styleWarnings } from '../../core/rules/look.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from './documents.js'
import { stylesOfClient } from './looks.js'

/** The writer of the styles of managed login. */

/** How many styles a pool may have. */
const mostStyles = 20

/** @throws Refusal when the style is wrong, the client has one, or the pool has too many */
export async function createStyle(
  service: Service,
  pool: UserPool,
  clientId: string,
  style: Style,
): Promise<PoolDocument> {
  await ensureStyleSound(service, style)
  const styles = await documentsOf(service, pool, 'branding')
  ensure(!styles.some(({ value }) => value.ClientId === clientId), () => styleExists(clientId))
  ensure(styles.length < mostStyles, tooManyStyles)
  const value = { UseCognitoProvidedValues: false, ...style, ClientId: clientId }
  return keepDocument(service, pool, 'branding', service.chance.uuid(), value)
}

/**
 * Changes a style. What the change leaves out stays; the service's own look drops what was set before.
 * @throws Refusal when the pool has no such style, or the change is wrong
 */
export async function updateStyle(
  service: Service,
  pool: UserPool,
  id: string,
  change: Style,
): Promise<PoolDocument> {
  const { value } = await styleById(service, pool, id)
  await ensureStyleSound(service, change)
  const { ClientId, Settings: before, Assets: held = [] } = value
  if (change.UseCognitoProvidedValues)
    return keepDocument(service, pool, 'branding', id, { UseCognitoProvidedValues: true, ClientId })
  const hasSettings = (change.Settings ?? before) !== undefined
  return keepDocument(service, pool, 'branding', id, {
    UseCognitoProvidedValues: false,
    ...(hasSettings ? { Settings: mergeSettings((before ?? {}) as object, change.Settings) } : {}),
    Assets: mergeAssets(held as readonly BrandingAsset[], change.Assets),
    ClientId,
  })
}

/** @throws Refusal when the pool has no style of this id */
export async function styleById(service: Service, pool: UserPool, id: string): Promise<PoolDocument> {
  const found = await documentOf(service, pool, 'branding', id)
  ensure(found, () => styleNotFound(id))
  return found
}

/** @throws Refusal when the client has no style */
export async function styleOfClient(
  service: Service,
  pool: UserPool,
  clientId: string,
): Promise<PoolDocument> {
  const found = await stylesOfClient(service, pool, clientId)
  ensure(found, () => clientHasNoStyle(clientId))
  return found
}

/** @throws Refusal when the pool has no style of this id */
export async function deleteStyle(service: Service, pool: UserPool, id: string): Promise<void> {
  await styleById(service, pool, id)
  await dropDocument(service, pool, 'branding', id)
}

/** Refuses a wrong style. The log and the flight warn of one that may not come out as it was meant. */
async function ensureStyleSound({ recorder }: Service, style: Style): Promise<void> {
  ensureSound(styleFindings(style))
  for (const warning of styleWarnings(style)) recorder.note('warning', { ...warning })
  ensureSound(await pictureFindings(style))
}

const styleExists = refusal('ManagedLoginBrandingExistsException', (client: string) => ({
  told: `A ManagedLoginBranding already exists for client ${client}`,
  because: `The client ${client} has a style, and each client has one.`,
  remedy: 'Change it with UpdateManagedLoginBranding.',
}))

const tooManyStyles = refusal('LimitExceededException', () => ({
  told: `A user pool may have ${mostStyles} managed login branding styles.`,
  because: `The pool has ${mostStyles} styles.`,
  remedy: 'Delete another style with DeleteManagedLoginBranding first.',
}))

const styleNotFound = refusal('ResourceNotFoundException', (id: string) => ({
  told: 'ManagedLoginBranding does not exist.',
  because: `The pool has no style of the id ${id}.`,
  remedy: 'Use a ManagedLoginBrandingId that DescribeManagedLoginBrandingByClient shows.',
}))

const clientHasNoStyle = refusal('ResourceNotFoundException', (client: string) => ({
  told: `ManagedLoginBranding for client ${client} does not exist.`,
  because: `No style was created for the client ${client}.`,
  remedy: 'Create a style for the client with CreateManagedLoginBranding.',
}))
