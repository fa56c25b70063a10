import type { AppClient } from '../../core/app-client.js'
import { effectiveSettings } from '../../core/branding/settings.js'
import { ensure, refusal } from '../../core/refusal.js'
import { defaultPagesVersion, pagesVersionOf, type UserPool } from '../../core/user-pool.js'
import { classicStyleOf, managedStyleOf } from '../../flows/administration/looks.js'
import type { Service } from '../../flows/service.js'
import type { Hosted } from '../../http/hosted.js'
import { type ClassicLook, type Look, type ManagedLook, plainLook } from './look.js'
import { managedStylesheetUrl } from './managed-stylesheet.js'
import { picturesOf } from './theme.js'

type Place = Pick<Hosted, 'pool' | 'domain'>

/** Whether the domain shows managed login; without a version it shows the classic pages, as on AWS. */
export const isManaged = ({ pool, domain }: Place): boolean =>
  (pagesVersionOf(pool, domain) ?? defaultPagesVersion) === 2

/** How the pages of a client look. Managed login has to have a style for the client. */
export async function lookOf(service: Service, place: Place, client: AppClient): Promise<Look> {
  return isManaged(place) ? managedLook(service, place, client) : classicLook(service, place, client)
}

/** Where what belongs to a style is found. The version in it lets browsers keep it. */
export const styleBase = (pool: UserPool, id: string, version: string): string =>
  `/_rockpool/assets/${pool.id}/${id}/${version}/assets`

async function classicLook(
  service: Service,
  { pool, domain }: Place,
  client: AppClient,
): Promise<ClassicLook> {
  const style = await classicStyleOf(service, pool, client.id)
  const isChosen = pagesVersionOf(pool, domain) !== undefined
  if (style === undefined) return { ...plainLook, isChosen }
  const base = styleBase(pool, style.target, style.version)
  return {
    face: 'classic',
    isCustom: true,
    isChosen,
    sheets: [...plainLook.sheets, ...(style.css === undefined ? [] : [`${base}/CSS/custom-css.css`])],
    ...(style.logo === undefined ? {} : { logo: `${base}/images/image.jpg` }),
  }
}

async function managedLook(
  service: Service,
  { pool, domain }: Place,
  client: AppClient,
): Promise<ManagedLook> {
  const style = await managedStyleOf(service, pool, client)
  ensure(style, () => loginPagesUnavailable(client, { pool, domain }))
  const base = styleBase(pool, style.id, style.version)
  return {
    face: 'managed',
    sheets: [managedStylesheetUrl, `${base}/CSS/theme.css`],
    settings: effectiveSettings(style.settings),
    pictures: picturesOf(style.assets, `${base}/images`),
  }
}

const loginPagesUnavailable = refusal('invalid_request', (client: AppClient, { pool, domain }: Place) => ({
  told: 'Login pages unavailable',
  because: `The domain ${domain} of ${pool.name} shows managed login (ManagedLoginVersion 2), which needs a style for each client, and ${client.name} has none.`,
  remedy: `Call CreateManagedLoginBranding for ClientId ${client.id} with UseCognitoProvidedValues true, or set ManagedLoginVersion of the domain ${domain} to 1.`,
}))
