import { boolean, list, map, oneOf, required, string, structure } from '../../lib/shape.js'
import { text, userPoolId } from './common.js'

export const username = string({
  sensitive: true,
  min: 1,
  max: 128,
  pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+',
})
export const password = string({ sensitive: true, max: 256, pattern: '[\\S]+' })

const attributes = list(
  structure({
    Name: required(string({ min: 1, max: 32, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\t\\n\\r ]+' })),
    Value: string({ sensitive: true, max: 2048 }),
  }),
)

/** What `AdminCreateUser` accepts. */
export const adminCreateUser = structure({
  UserPoolId: required(userPoolId),
  Username: required(username),
  UserAttributes: attributes,
  ValidationData: attributes,
  TemporaryPassword: password,
  ForceAliasCreation: boolean(),
  MessageAction: oneOf('RESEND', 'SUPPRESS'),
  DesiredDeliveryMediums: list(oneOf('SMS', 'EMAIL')),
  ClientMetadata: map(text, text),
})
