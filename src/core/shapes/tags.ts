import { list, required, structure } from '../../lib/shape.js'
import { arn, tagKeys, userPoolTags } from './common.js'

/** Tags. */

export const tagResource = structure({
  ResourceArn: required(arn),
  Tags: required(userPoolTags),
})

export const untagResource = structure({
  ResourceArn: required(arn),
  TagKeys: required(list(tagKeys)),
})

export const listTagsForResource = structure({
  ResourceArn: required(arn),
})
