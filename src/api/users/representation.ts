import type { UserRecord } from '../../core/collections.js'
import { identitiesAttribute } from '../../core/identity.js'
import { timestamp } from '../scope.js'

/** One attribute on the wire: always texts (docs/facts/user-pools-api.md §1.6). */
export interface AttributeType {
  readonly Name: string
  readonly Value?: string
}

/** A user's attributes as answers list them: `sub` first, `identities` as a JSON text (fact O18). */
const attributeTypes = ({ sub, attributes, identities }: UserRecord): AttributeType[] => [
  { Name: 'sub', Value: sub },
  ...(identities.length === 0 ? [] : [{ Name: 'identities', Value: identitiesAttribute(identities) }]),
  ...Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
]

/** A user in a list, and as `AdminCreateUser` answers (docs/facts/user-pools-api.md §6.5). */
export const userType = (user: UserRecord, wanted?: readonly string[]) => ({
  Username: user.username,
  Attributes: attributeTypes(user).filter(({ Name }) => wanted === undefined || wanted.includes(Name)),
  UserCreateDate: timestamp(user.createdAt),
  UserLastModifiedDate: timestamp(user.modifiedAt),
  Enabled: user.enabled,
  UserStatus: user.status,
  ...mfaOptions(user),
})

/** The text messages of old (`SetUserSettings`). */
const mfaOptions = ({ mfa }: UserRecord) =>
  mfa?.enabled.includes('SMS_MFA')
    ? { MFAOptions: [{ DeliveryMedium: 'SMS', AttributeName: 'phone_number' }] }
    : {}

/** A user's second factors, as answers about one user have them: only what is set (fact U61). */
export const mfaSettings = ({ mfa }: UserRecord) => ({
  ...(mfa?.preferred === undefined ? {} : { PreferredMfaSetting: mfa.preferred }),
  ...(mfa === undefined || mfa.enabled.length === 0 ? {} : { UserMFASettingList: mfa.enabled }),
})
