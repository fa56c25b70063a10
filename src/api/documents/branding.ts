import { effectiveSettings } from '../../core/branding/settings.js'
import { everyClient, type PoolDocument } from '../../core/pool-document.js'
import type { UserPool } from '../../core/user-pool.js'
import { setClassicLook } from '../../flows/administration/classic-looks.js'
import { classicLookOf, versionOf } from '../../flows/administration/looks.js'
import {
  createStyle,
  deleteStyle,
  styleById,
  styleOfClient,
  updateStyle,
} from '../../flows/administration/managed-login-styles.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { clientOf, poolOf, type Scope, timestamp } from '../scope.js'

/** The looks of the hosted pages: styles of managed login, and the sheet and logo of the classic pages. */

/** @param merged whether the answer has the service's defaults for what the style leaves open */
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

export const CreateManagedLoginBranding = operation('CreateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId, ClientId, ...style } = input
  const pool = await poolOf(scope, UserPoolId)
  await clientOf(scope, pool, ClientId)
  return brandingType(await createStyle(scope.service, pool, ClientId, style))
})

export const UpdateManagedLoginBranding = operation('UpdateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId = '', ManagedLoginBrandingId = '', ...style } = input
  const pool = await poolOf(scope, UserPoolId)
  return brandingType(await updateStyle(scope.service, pool, ManagedLoginBrandingId, style))
})

export const DescribeManagedLoginBranding = operation(
  'DescribeManagedLoginBranding',
  async (scope, input) => {
    const { UserPoolId, ManagedLoginBrandingId, ReturnMergedResources: merged } = input
    const pool = await poolOf(scope, UserPoolId)
    return brandingType(await styleById(scope.service, pool, ManagedLoginBrandingId), { merged })
  },
)

export const DescribeManagedLoginBrandingByClient = operation(
  'DescribeManagedLoginBrandingByClient',
  async (scope, { UserPoolId, ClientId, ReturnMergedResources: merged }) => {
    const pool = await poolOf(scope, UserPoolId)
    await clientOf(scope, pool, ClientId)
    return brandingType(await styleOfClient(scope.service, pool, ClientId), { merged })
  },
)

export const DeleteManagedLoginBranding = operation('DeleteManagedLoginBranding', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  await deleteStyle(scope.service, pool, input.ManagedLoginBrandingId)
  return undefined
})

/** `ALL` stands for every client without a look of its own. */
export const SetUICustomization = operation('SetUICustomization', async (scope, input) => {
  const { UserPoolId, ClientId = everyClient, CSS, ImageFile } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== everyClient) await clientOf(scope, pool, ClientId)
  const look = await setClassicLook(scope.service, pool, ClientId, { CSS, ImageFile })
  return customizationType(scope, pool, ClientId, look)
})

export const GetUICustomization = operation(
  'GetUICustomization',
  async (scope, { UserPoolId, ClientId = everyClient }) => {
    const pool = await poolOf(scope, UserPoolId)
    if (ClientId !== everyClient) await clientOf(scope, pool, ClientId)
    return customizationType(scope, pool, ClientId, await classicLookOf(scope.service, pool, ClientId))
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
