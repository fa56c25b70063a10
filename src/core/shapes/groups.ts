import { integer, required, string, structure } from '../../lib/shape.js'
import { arn, userPoolId } from './common.js'

export const groupName = string({ min: 1, max: 128, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+' })

/** What `CreateGroup` accepts. */
export const createGroup = structure({
  GroupName: required(groupName),
  UserPoolId: required(userPoolId),
  Description: string({ max: 2048 }),
  RoleArn: arn,
  Precedence: integer({ min: 0 }),
})
