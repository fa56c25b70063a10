import { boolean, list, map, oneOf, required, string, structure } from '../../lib/shape.js'

/** Shapes that inputs of several families share. Limits and patterns are the service’s. */

export const text = string({ min: 0, max: 131072 })

export const analyticsMetadata = structure({
  AnalyticsEndpointId: text,
})

export const arn = string({
  min: 20,
  max: 2048,
  pattern:
    'arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?',
})

export const attributeName = string({
  min: 1,
  max: 32,
  pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+',
})

/** The levels of authentication that a pool tells apart (docs/facts/additions-2026.md, fact N49). */
export const acrLevelName = oneOf('Level1', 'Level2', 'Level3', 'Level4')

export const attributeList = list(
  structure({
    Name: required(attributeName),
    Value: string({ sensitive: true, max: 2048 }),
  }),
)

export const attributeNameList = list(attributeName)

export const clientId = string({ sensitive: true, min: 1, max: 128, pattern: '[\\w+]+' })

export const clientMetadata = map(text, text)

export const clientSecret = string({ sensitive: true, min: 24, max: 64, pattern: '[\\w+]+' })

export const confirmationCode = string({ min: 1, max: 2048, pattern: '[\\S]+' })

export const deliveryMedium = oneOf('SMS', 'EMAIL')

export const deviceKey = string({ min: 1, max: 55, pattern: '[\\w-]+_[0-9a-f-]+' })

export const domainName = string({ min: 1, max: 63, pattern: '^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$' })

export const emailMfaSettings = structure({
  Enabled: boolean(),
  PreferredMfa: boolean(),
})

export const eventId = string({ min: 1, max: 50, pattern: '[\\w+-]+' })

export const feedbackValue = oneOf('Valid', 'Invalid')

export const groupName = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })

export const mfaOptionList = list(
  structure({
    DeliveryMedium: deliveryMedium,
    AttributeName: attributeName,
  }),
)

export const searchPaginationKey = string({ min: 1, max: 131072, pattern: '[\\S]+' })

export const oAuthFlows = list(oneOf('code', 'implicit', 'client_credentials'), { min: 0, max: 3 })

export const paginationKey = string({ min: 1, pattern: '[\\S]+' })

/** The model says `[\S]+`; the service applies and prints this: blanks inside, and two characters at least (fact N10). */
export const password = string({ sensitive: true, max: 256, pattern: '^[\\S]+.*[\\S]+$' })

export const providerName = string({ min: 1, max: 32, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\p{Z}]+' })

export const revokeAssociatedSessions = oneOf('NONE', 'LINKED')

export const regionName = string({ min: 5, max: 32 })

export const smsMfaSettings = structure({
  Enabled: boolean(),
  PreferredMfa: boolean(),
})

export const schemaAttribute = structure({
  Name: string({ min: 1, max: 20, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' }),
  AttributeDataType: oneOf('String', 'Number', 'DateTime', 'Boolean'),
  DeveloperOnlyAttribute: boolean(),
  Mutable: boolean(),
  Required: boolean(),
  NumberAttributeConstraints: structure({
    MinValue: text,
    MaxValue: text,
  }),
  StringAttributeConstraints: structure({
    MinLength: text,
    MaxLength: text,
  }),
})

export const scopeList = list(string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x5B\\x5D-\\x7E]+' }), {
  max: 50,
})

export const searchPaginationToken = string({ min: 1, pattern: '[\\S]+' })

export const session = string({ sensitive: true, min: 20, max: 2048 })

export const softwareTokenMfaSettings = structure({
  Enabled: boolean(),
  PreferredMfa: boolean(),
})

export const tagKeys = string({ min: 1, max: 128 })

export const tokenModel = string({ sensitive: true, pattern: '[A-Za-z0-9-_=.]+' })

export const userContextData = structure(
  {
    IpAddress: text,
    EncodedData: text,
  },
  { sensitive: true },
)

export const userPoolId = string({ min: 1, max: 55, pattern: '[\\w-]+_[0-9a-zA-Z]+' })

export const userPoolTags = map(tagKeys, string({ min: 0, max: 256 }))

export const username = string({
  sensitive: true,
  min: 1,
  max: 128,
  pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+',
})

export const webAuthnMfaSettings = structure({
  Enabled: boolean(),
})
