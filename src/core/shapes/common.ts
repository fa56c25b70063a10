import { string } from '../../lib/shape.js'

/** Shapes that several families of operations share. Limits and patterns are the service's. */

export const arn = string({
  min: 20,
  max: 2048,
  pattern:
    'arn:[\\w+=/,.@-]+:[\\w+=/,.@-]+:([\\w+=/,.@-]*)?:[0-9]+:[\\w+=/,.@-]+(:[\\w+=/,.@-]+)?(:[\\w+=/,.@-]+)?',
})
export const text = string({ min: 0, max: 131072 })
export const regionCode = string({ min: 5, max: 32 })
export const providerName = string({ min: 1, max: 32, pattern: '[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\p{Z}]+' })
export const userPoolId = string({ min: 1, max: 55, pattern: '[\\w-]+_[0-9a-zA-Z]+' })
