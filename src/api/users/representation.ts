import type { UserRecord } from '../../core/collections.js'
import { identitiesAttribute } from '../../core/identity.js'
import { timestamp } from '../scope.js'

/** One attribute on the wire: always texts (§1.6). */
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

/** A user in a list, and as `AdminCreateUser` answers (§6.5). */
export const userType = (user: UserRecord, wanted?: readonly string[]) => ({
  Username: user.username,
  Attributes: attributeTypes(user).filter(({ Name }) => wanted === undefined || wanted.includes(Name)),
  UserCreateDate: timestamp(user.createdAt),
  UserLastModifiedDate: timestamp(user.modifiedAt),
  Enabled: user.enabled,
  UserStatus: user.status,
})
