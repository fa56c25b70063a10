import type { AppClient } from '../../core/app-client.js'
import type { BrandingAsset } from '../../core/branding/assets.js'
import { everyClient, type PoolDocument } from '../../core/pool-document.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { documentOf, documentsOf } from './documents.js'

/** What the hosted pages of a client look like, and which terms they name: as the owner of the pool has set it. */

/** A style of managed login. */
export interface ManagedStyle {
  readonly id: string
  /** Changes whenever the style does. */
  readonly version: string
  /** As it was set; empty where the service's own look was chosen. */
  readonly settings: unknown
  readonly assets: readonly BrandingAsset[]
}

/** The document of a client's style of managed login. */
export const stylesOfClient = async (service: Service, pool: UserPool, clientId: string) =>
  (await documentsOf(service, pool, 'branding')).find(({ value }) => value.ClientId === clientId)

export async function managedStyleOf(
  service: Service,
  pool: UserPool,
  { id, type }: Pick<AppClient, 'id' | 'type'>,
): Promise<ManagedStyle | undefined> {
  const found = await stylesOfClient(service, pool, id)
  if (found === undefined) return type === 'DCR' ? registeredStyle : undefined
  return managedStyle(found)
}

/** The service's own look, for clients that registered themselves: nobody makes styles for those. */
const registeredStyle: ManagedStyle = { id: 'registered', version: '0', settings: {}, assets: [] }

export async function managedStyleById(
  service: Service,
  pool: UserPool,
  id: string,
): Promise<ManagedStyle | undefined> {
  if (id === registeredStyle.id) return registeredStyle
  const found = await documentOf(service, pool, 'branding', id)
  return found && managedStyle(found)
}

const managedStyle = ({ id, modifiedAt, value }: PoolDocument): ManagedStyle => ({
  id,
  version: versionOf(modifiedAt),
  settings: value.Settings ?? {},
  assets: (value.Assets ?? []) as readonly BrandingAsset[],
})

/** The look of the classic pages that was set for a client, or for all of them. */
export interface ClassicStyle {
  /** The client's id, or `ALL`. */
  readonly target: string
  /** `CSSVersion`: part of the addresses of sheet and logo. */
  readonly version: string
  /** The sheet as it is served: with what is allowed, and nothing else. */
  readonly css?: string | undefined
  /** The logo, in base64. */
  readonly logo?: string | undefined
}

/** The look that the classic pages of a client have: its own, else that of every client. The two are never mixed (§8). */
export const classicLookOf = async (
  service: Service,
  pool: UserPool,
  clientId: string,
): Promise<PoolDocument | undefined> =>
  (await documentOf(service, pool, 'ui-customization', clientId)) ??
  (await documentOf(service, pool, 'ui-customization', everyClient))

/** The look of the classic pages of a client, as they show it (docs/facts/hosted-pages.md §8). */
export async function classicStyleOf(
  service: Service,
  pool: UserPool,
  clientId: string,
): Promise<ClassicStyle | undefined> {
  const found = await classicLookOf(service, pool, clientId)
  if (found === undefined) return undefined
  const { Served, Logo } = found.value as { Served?: string; Logo?: string }
  return { target: found.id, version: versionOf(found.modifiedAt), css: Served, logo: Logo }
}

/** A time as `CSSVersion` has it: fourteen digits, in UTC. */
export const versionOf = (time: number): string =>
  new Date(time).toISOString().replace(/[-:T]/g, '').slice(0, 14)

/** The addresses of a client's terms, by language (`cognito:french`). */
export interface Terms {
  readonly termsOfUse: Readonly<Record<string, string>>
  readonly privacyPolicy: Readonly<Record<string, string>>
}

/** The terms that a client's sign-up page names: both documents, or none of them. */
export async function termsOf(
  service: Service,
  pool: UserPool,
  { id }: Pick<AppClient, 'id'>,
): Promise<Terms | undefined> {
  const own = (await documentsOf(service, pool, 'terms')).filter(({ value }) => value.ClientId === id)
  const links = (name: string) =>
    own.find(({ value }) => value.TermsName === name)?.value.Links as Record<string, string> | undefined
  const [termsOfUse, privacyPolicy] = [links('terms-of-use'), links('privacy-policy')]
  return termsOfUse && privacyPolicy && { termsOfUse, privacyPolicy }
}
