import { isSam } from './sam.js'
import { isJsonMap, type Json } from './source.js'

/** The kinds of input that an import knows, by what they contain. */
export type Kind =
  | 'cloudformation'
  | 'sam'
  | 'serverless'
  | 'terraform'
  | 'terraform state'
  | 'pulumi'
  | 'seed'
  | 'encrypted state'

/** What an input is; undefined: nothing that is known. */
export function recognise(value: Json): Kind | undefined {
  if (!isJsonMap(value)) return undefined
  if (value.encrypted_data !== undefined) return 'encrypted state'
  if (Array.isArray(value.UserPools)) return 'seed'
  if (isSam(value)) return 'sam'
  if (isJsonMap(value.Resources)) return 'cloudformation'
  if (value.format_version !== undefined || value.planned_values !== undefined) return 'terraform'
  if (value.version === 4 && Array.isArray(value.resources)) return 'terraform state'
  if (isJsonMap(value.deployment) || Array.isArray(value.steps)) return 'pulumi'
  if (value.service !== undefined && value.provider !== undefined) return 'serverless'
  return undefined
}
