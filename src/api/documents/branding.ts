import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { operation } from '../operations.js'
import { defined } from '../pools/describe.js'
import { because, invalidParameter, notFound } from '../refusals.js'
import { clientOf, poolOf, type Scope, timestamp } from '../scope.js'
import { documentOf, documentsOf, dropDocument, keepDocument, type PoolDocument } from './documents.js'

const brandingType = ({ id, poolId, value, createdAt, modifiedAt }: PoolDocument) => {
  const { ClientId: _client, ...style } = value
  return {
    ManagedLoginBranding: {
      ...style,
      Assets: style.Assets ?? [],
      ManagedLoginBrandingId: id,
      UserPoolId: poolId,
      CreationDate: timestamp(createdAt),
      LastModifiedDate: timestamp(modifiedAt),
    },
  }
}

const brandingNotFound = (id: string) => notFound(`Managed login branding ${id} does not exist.`)

async function brandingOf({ service }: Scope, pool: UserPool, id: string): Promise<PoolDocument> {
  const found = await documentOf(service, pool, 'branding', id)
  ensure(found, () => brandingNotFound(id))
  return found
}

const ofClient = async ({ service }: Scope, pool: UserPool, clientId: string) =>
  (await documentsOf(service, pool, 'branding')).find(({ value }) => value.ClientId === clientId)

function ensureOneStyle(style: {
  UseCognitoProvidedValues?: boolean
  Settings?: object
  Assets?: readonly object[]
}) {
  const own = style.Settings !== undefined || style.Assets !== undefined
  ensure((style.UseCognitoProvidedValues === true) !== own, () =>
    invalidParameter('useCognitoProvidedValues or settings should be specified (but not both)'),
  )
}

export const CreateManagedLoginBranding = operation('CreateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId, ClientId, ...style } = input
  const pool = await poolOf(scope, UserPoolId)
  await clientOf(scope, pool, ClientId)
  ensureOneStyle(style)
  ensure((await ofClient(scope, pool, ClientId)) === undefined, () =>
    because('ManagedLoginBrandingExistsException')(
      'The app client already has a managed login branding style.',
    ),
  )
  const value = { UseCognitoProvidedValues: false, ...style, ClientId }
  return brandingType(await keepDocument(scope.service, pool, 'branding', scope.service.chance.uuid(), value))
})

export const UpdateManagedLoginBranding = operation('UpdateManagedLoginBranding', async (scope, input) => {
  const { UserPoolId = '', ManagedLoginBrandingId = '', ...style } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureOneStyle(style)
  const { value } = await brandingOf(scope, pool, ManagedLoginBrandingId)
  const changed = { UseCognitoProvidedValues: false, ...style, ClientId: value.ClientId }
  return brandingType(await keepDocument(scope.service, pool, 'branding', ManagedLoginBrandingId, changed))
})

export const DescribeManagedLoginBranding = operation('DescribeManagedLoginBranding', async (scope, input) =>
  brandingType(await brandingOf(scope, await poolOf(scope, input.UserPoolId), input.ManagedLoginBrandingId)),
)

export const DescribeManagedLoginBrandingByClient = operation(
  'DescribeManagedLoginBrandingByClient',
  async (scope, { UserPoolId, ClientId }) => {
    const pool = await poolOf(scope, UserPoolId)
    await clientOf(scope, pool, ClientId)
    const found = await ofClient(scope, pool, ClientId)
    ensure(found, () => brandingNotFound(`of client ${ClientId}`))
    return brandingType(found)
  },
)

export const DeleteManagedLoginBranding = operation('DeleteManagedLoginBranding', async (scope, input) => {
  const pool = await poolOf(scope, input.UserPoolId)
  const { id } = await brandingOf(scope, pool, input.ManagedLoginBrandingId)
  await dropDocument(scope.service, pool, 'branding', id)
  return undefined
})

/** The classic pages' look; `ALL` stands for every client without one of its own. */
export const SetUICustomization = operation('SetUICustomization', async (scope, input) => {
  const { UserPoolId, ClientId = 'ALL', CSS, ImageFile } = input
  const pool = await poolOf(scope, UserPoolId)
  if (ClientId !== 'ALL') await clientOf(scope, pool, ClientId)
  ensure(pool.domain ?? pool.customDomain, () =>
    invalidParameter('A domain must be associated with this user pool.'),
  )
  ensureKnownClasses(CSS)
  const image = ImageFile && `https://${pool.domain}.auth.amazoncognito.com/${pool.id}/${ClientId}/logo`
  const value = defined({ CSS, ImageUrl: image })
  return customizationType(
    pool,
    ClientId,
    await keepDocument(scope.service, pool, 'ui-customization', ClientId, value),
  )
})

export const GetUICustomization = operation(
  'GetUICustomization',
  async (scope, { UserPoolId, ClientId = 'ALL' }) => {
    const pool = await poolOf(scope, UserPoolId)
    if (ClientId !== 'ALL') await clientOf(scope, pool, ClientId)
    const own = await documentOf(scope.service, pool, 'ui-customization', ClientId)
    return customizationType(
      pool,
      ClientId,
      own ?? (await documentOf(scope.service, pool, 'ui-customization', 'ALL')),
    )
  },
)

const customizationType = (pool: UserPool, ClientId: string, document: PoolDocument | undefined) => ({
  UICustomization: {
    UserPoolId: pool.id,
    ClientId,
    ...(document === undefined
      ? {}
      : {
          ...document.value,
          CSSVersion: new Date(document.modifiedAt).toISOString().replace(/[-:T]/g, '').slice(0, 14),
          LastModifiedDate: timestamp(document.modifiedAt),
          CreationDate: timestamp(document.createdAt),
        }),
  },
})

const allowedClasses = new Set(
  [
    'logo',
    'banner',
    'label',
    'textDescription',
    'idpDescription',
    'legalText',
    'submitButton',
    'errorMessage',
    'inputField',
    'idpButton',
    'socialButton',
    'redirect',
    'passwordCheck-notValid',
    'passwordCheck-valid',
    'background',
  ].map(name => `${name}-customizable`),
)

function ensureKnownClasses(css = ''): void {
  const unknown = [...css.matchAll(/\.(-?[A-Za-z_][\w-]*)[^{}]*\{/g)].find(
    ([, name = '']) => !allowedClasses.has(name),
  )
  ensure(unknown === undefined, () =>
    invalidParameter(`The CSS class ${unknown?.[1]} is not in the list of allowed classes.`),
  )
}
