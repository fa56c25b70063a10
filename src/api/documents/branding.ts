import {
  type AssetFinding,
  assetFinding,
  type BrandingAsset,
  mergeAssets,
} from '../../core/branding/assets.js'
import { judgeSheet } from '../../core/branding/classic-sheet.js'
import { contrastFindings } from '../../core/branding/contrast.js'
import { effectiveSettings, mergeSettings, settingsFindings } from '../../core/branding/settings.js'
import type { PoolDocument } from '../../core/pool-document.js'
import { ensure, refusal } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { documentOf, documentsOf, dropDocument, keepDocument } from '../../flows/administration/documents.js'
import { everyClient, stylesOfClient, versionOf } from '../../flows/administration/looks.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { exception, invalidParameter, limitExceeded, notFound } from '../refusals.js'
import { clientOf, poolOf, type Scope, timestamp } from '../scope.js'

/** The looks of the hosted pages: styles of managed login, and the sheet and logo of the classic pages. */

/** @param merged whether the service's defaults are told for what the style leaves open */
const brandingType = (
  { id, poolId, value, createdAt, modifiedAt }: PoolDocument,
  { merged = false }: { readonly merged?: boolean | undefined } = {},
) => {
  const { ClientId: _client, ...style } = value
  return {
    ManagedLoginBranding: {
      ...style,
      ...(merged ? { Settings: effectiveSettings(style.Settings) } : {}),
      Assets: style.Assets ?? [],
      ManagedLoginBrandingId: id,
      UserPoolId: poolId,
      CreationDate: timestamp(createdAt),
      LastModifiedDate: timestamp(modifiedAt),
    },
  }
}

async function brandingOf({ service }: Scope, pool: UserPool, id: string): Promise<PoolDocument> {
  const found = await documentOf(service, pool, 'branding', id)
  ensure(found, () =>
    notFound(
      'ManagedLoginBranding does not exist.',
      'Use a ManagedLoginBrandingId that DescribeManagedLoginBrandingByClient shows.',
    ),
  )
  return found
}

/** How many styles a pool may have. */
const mostStyles = 20

interface Style {
  readonly UseCognitoProvidedValues?: boolean
  readonly Settings?: unknown
  readonly Assets?: readonly BrandingAsset[]
}

function ensureOneLook({ UseCognitoProvidedValues, Settings, Assets }: Style) {
  const own = Settings !== undefined || Assets !== undefined
  ensure((UseCognitoProvidedValues === true) !== own, () =>
    invalidParameter(
      'useCognitoProvidedValues or settings should be specified (but not both)',
      'Send UseCognitoProvidedValues: true alone, or Settings and Assets without it.',
    ),
  )
}

const settingsRefused = refusal('InvalidParameterException', (path: string, why: string) => ({
  // The service's words are not known.
  told: `Invalid settings: ${path}`,
  because: `${path} of Settings is wrong: ${why}`,
  remedy: 'Compare with the document that DescribeManagedLoginBranding answers with ReturnMergedResources.',
}))

const assetRefused = refusal('InvalidParameterException', (finding: AssetFinding) => finding)

async function ensureRightLook({ service }: Scope, { Settings, Assets = [] }: Style): Promise<void> {
  const findings = Settings === undefined ? [] : settingsFindings(Settings)
  const [wrong] = findings.filter(({ isIgnored }) => !isIgnored)
  ensure(wrong === undefined, () => settingsRefused(wrong?.path ?? '', wrong?.because ?? ''))
  for (const { path, because } of findings)
    service.recorder.note('warning', {
      warning: `Settings ${path}: ${because}`,
      remedy: 'Write eight digits.',
    })
  if (Settings !== undefined) warnOfContrast(service, Settings)
  for (const asset of Assets) {
    const finding = await assetFinding(asset)
    if (finding !== undefined) throw assetRefused(finding)
  }
}

/** People who see less well, or sit in the sun, cannot read what hardly stands out: the log and the flight say so. */
function warnOfContrast({ recorder }: Scope['service'], settings: unknown): void {
  for (const { mode, what, ratio } of contrastFindings(settings))
    recorder.note('warning', {
      warning: `${mode}: ${what} has a contrast of ${ratio} : 1 only.`,
      remedy: 'Choose colours with 4.5 : 1 or more (WCAG 2.2, 1.4.3).',
    })
}

export const CreateManagedLoginBranding = operation('CreateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId, ClientId, ...style } = input
  const { service } = scope
  const pool = await poolOf(scope, UserPoolId)
  await clientOf(scope, pool, ClientId)
  ensureOneLook(style)
  const styles = await documentsOf(service, pool, 'branding')
  ensure(!styles.some(({ value }) => value.ClientId === ClientId), () =>
    exception('ManagedLoginBrandingExistsException')(
      `A ManagedLoginBranding already exists for client ${ClientId}`,
      'Change it with UpdateManagedLoginBranding.',
    ),
  )
  ensure(styles.length < mostStyles, () =>
    limitExceeded(
      `A user pool may have ${mostStyles} managed login branding styles.`,
      'Delete another style with DeleteManagedLoginBranding first.',
    ),
  )
  await ensureRightLook(scope, style)
  const value = { UseCognitoProvidedValues: false, ...style, ClientId }
  return brandingType(await keepDocument(service, pool, 'branding', service.chance.uuid(), value))
})

/** What the request leaves out stays; the service's own look drops what was set before. */
export const UpdateManagedLoginBranding = operation('UpdateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId = '', ManagedLoginBrandingId = '', ...style } = input
  const pool = await poolOf(scope, UserPoolId)
  const { value } = await brandingOf(scope, pool, ManagedLoginBrandingId)
  ensureOneLook(style)
  await ensureRightLook(scope, style)
  const { Settings: before = {}, Assets: held = [] } = value as Style
  const { ClientId } = value
  const changed = style.UseCognitoProvidedValues
    ? { UseCognitoProvidedValues: true, ClientId }
    : {
        UseCognitoProvidedValues: false,
        ...((style.Settings ?? value.Settings) === undefined
          ? {}
          : { Settings: mergeSettings(before as object, style.Settings) }),
        Assets: mergeAssets(held, style.Assets),
        ClientId,
      }
  return brandingType(await keepDocument(scope.service, pool, 'branding', ManagedLoginBrandingId, changed))
})

export const DescribeManagedLoginBranding = operation('DescribeManagedLoginBranding', async (scope, input) =>
  brandingType(await brandingOf(scope, await poolOf(scope, input.UserPoolId), input.ManagedLoginBrandingId), {
    merged: input.ReturnMergedResources,
  }),
)

export const DescribeManagedLoginBrandingByClient = operation(
  'DescribeManagedLoginBrandingByClient',
  async (scope, { UserPoolId, ClientId, ReturnMergedResources: merged }) => {
    const pool = await poolOf(scope, UserPoolId)
    await clientOf(scope, pool, ClientId)
    const found = await stylesOfClient(scope.service, pool, ClientId)
    ensure(found, () =>
      notFound(
        `ManagedLoginBranding for client ${ClientId} does not exist.`,
        'Create a style for the client with CreateManagedLoginBranding.',
      ),
    )
    return brandingType(found, { merged })
  },
)

export const DeleteManagedLoginBranding = operation('DeleteManagedLoginBranding', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { id } = await brandingOf(scope, pool, input.ManagedLoginBrandingId)
  await dropDocument(scope.service, pool, 'branding', id)
  return undefined
})

/** The classic pages' look; `ALL` stands for every client without one of its own. A call replaces sheet and logo together. */
export const SetUICustomization = operation('SetUICustomization', async (scope, input) => {
  const { UserPoolId, ClientId = everyClient, CSS, ImageFile } = input
  const { service } = scope
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== everyClient) await clientOf(scope, pool, ClientId)
  ensure(pool.domain ?? pool.customDomain, () =>
    invalidParameter(
      'A domain must be associated with this user pool.',
      'Create a domain with CreateUserPoolDomain first.',
    ),
  )
  const judged = await judgeSheet(CSS ?? '')
  if ('told' in judged) throw invalidParameter(judged.told, 'Style only the classes of the classic pages.')
  ensure(!ImageFile || isLogo(ImageFile), () =>
    invalidParameter('Invalid image file.', 'Send a logo that is a PNG or a JPEG.'),
  )
  const value = defined({ CSS, Served: judged.css || undefined, Logo: ImageFile || undefined })
  return customizationType(
    scope,
    pool,
    ClientId,
    await keepDocument(service, pool, 'ui-customization', ClientId, value),
  )
})

/** By the first bytes: PNG, or JPEG. */
const isLogo = (base64: string): boolean => /^(iVBORw0KGgo|\/9j\/)/.test(base64)

export const GetUICustomization = operation(
  'GetUICustomization',
  async (scope, { UserPoolId, ClientId = everyClient }) => {
    const pool = await poolOf(scope, UserPoolId)
    if (ClientId !== everyClient) await clientOf(scope, pool, ClientId)
    const own = await documentOf(scope.service, pool, 'ui-customization', ClientId)
    const found = own ?? (await documentOf(scope.service, pool, 'ui-customization', everyClient))
    return customizationType(scope, pool, ClientId, found)
  },
)

function customizationType(
  { service }: Scope,
  pool: UserPool,
  ClientId: string,
  document: PoolDocument | undefined,
) {
  // Terraform takes an empty structure for nothing set (fact I35).
  if (document === undefined) return { UICustomization: {} }
  const set = {
    UserPoolId: pool.id,
    ClientId,
    CSS: document.value.CSS,
    // Where the pages load it from (docs/facts/hosted-pages.md §4.1).
    ImageUrl: document.value.Logo
      ? `${service.base}/_rockpool/assets/${pool.id}/${document.id}/${versionOf(document.modifiedAt)}/assets/images/image.jpg`
      : undefined,
    CSSVersion: versionOf(document.modifiedAt),
    LastModifiedDate: timestamp(document.modifiedAt),
    CreationDate: timestamp(document.createdAt),
  }
  return { UICustomization: defined(set) }
}
