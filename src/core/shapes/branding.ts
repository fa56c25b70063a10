import {
  blob,
  boolean,
  document,
  integer,
  list,
  map,
  oneOf,
  required,
  string,
  structure,
} from '../../lib/shape.js'
import { clientId, text, userPoolId } from './common.js'

/** Looks of the hosted pages, and terms. */

const assetList = list(
  structure({
    Category: required(
      oneOf(
        'FAVICON_ICO',
        'FAVICON_SVG',
        'EMAIL_GRAPHIC',
        'SMS_GRAPHIC',
        'AUTH_APP_GRAPHIC',
        'PASSWORD_GRAPHIC',
        'PASSKEY_GRAPHIC',
        'PAGE_HEADER_LOGO',
        'PAGE_HEADER_BACKGROUND',
        'PAGE_FOOTER_LOGO',
        'PAGE_FOOTER_BACKGROUND',
        'PAGE_BACKGROUND',
        'FORM_BACKGROUND',
        'FORM_LOGO',
        'IDP_BUTTON_ICON',
      ),
    ),
    ColorMode: required(oneOf('LIGHT', 'DARK', 'DYNAMIC')),
    Extension: required(oneOf('ICO', 'JPEG', 'PNG', 'SVG', 'WEBP')),
    Bytes: blob({ max: 1000000 }),
    ResourceId: string({ min: 1, max: 40, pattern: '^[\\w\\- ]+$' }),
  }),
  { min: 0, max: 40 },
)

const links = map(
  string({
    pattern:
      '^cognito:(default|dutch|english|french|spanish|german|bahasa-indonesia|italian|japanese|korean|portuguese-brazil|chinese-(simplified|traditional))$',
  }),
  string({ min: 1, max: 1024, pattern: '^[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+$' }),
  { min: 1, max: 13 },
)

const managedLoginBrandingId = string({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$',
})

const termsEnforcement = oneOf('NONE')

const termsId = string({
  pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[4][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$',
})

const termsName = string({ pattern: '^(terms-of-use|privacy-policy)$' })

const termsSource = oneOf('LINK')

export const createManagedLoginBranding = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  UseCognitoProvidedValues: boolean({ takesText: true }),
  Settings: document(),
  Assets: assetList,
})

export const describeManagedLoginBranding = structure({
  UserPoolId: required(userPoolId),
  ManagedLoginBrandingId: required(managedLoginBrandingId),
  ReturnMergedResources: boolean(),
})

export const describeManagedLoginBrandingByClient = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  ReturnMergedResources: boolean(),
})

export const updateManagedLoginBranding = structure({
  UserPoolId: userPoolId,
  ManagedLoginBrandingId: managedLoginBrandingId,
  UseCognitoProvidedValues: boolean({ takesText: true }),
  Settings: document(),
  Assets: assetList,
})

export const deleteManagedLoginBranding = structure({
  ManagedLoginBrandingId: required(managedLoginBrandingId),
  UserPoolId: required(userPoolId),
})

export const getUICustomization = structure({
  UserPoolId: required(userPoolId),
  ClientId: clientId,
})

export const setUICustomization = structure({
  UserPoolId: required(userPoolId),
  ClientId: clientId,
  CSS: string({ min: 0, max: 131072 }),
  ImageFile: blob({ min: 0, max: 131072 }),
})

export const createTerms = structure({
  UserPoolId: required(userPoolId),
  ClientId: required(clientId),
  TermsName: required(termsName),
  TermsSource: required(termsSource),
  Enforcement: required(termsEnforcement),
  Links: links,
})

export const describeTerms = structure({
  TermsId: required(termsId),
  UserPoolId: required(userPoolId),
})

export const describeTermsByClient = structure({
  ClientId: required(clientId),
  UserPoolId: required(userPoolId),
  TermsName: required(termsName),
})

export const updateTerms = structure({
  TermsId: required(termsId),
  UserPoolId: required(userPoolId),
  TermsName: termsName,
  TermsSource: termsSource,
  Enforcement: termsEnforcement,
  Links: links,
})

export const deleteTerms = structure({
  TermsId: required(termsId),
  UserPoolId: required(userPoolId),
})

export const listTerms = structure({
  UserPoolId: required(userPoolId),
  MaxResults: integer({ min: 1, max: 60 }),
  NextToken: text,
})
