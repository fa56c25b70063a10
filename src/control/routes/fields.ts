import { boolean, document, documented, list, map, required, string, structure } from '../../lib/shape.js'

/** Fields that several routes of the control API take or give. */

export const text = string()
export const texts = map(text, text)
export const pool = documented('Name or id of a pool; may be left out where there is only one.', text)
export const client = documented('Name or id of a client; may be left out where only one suits.', text)
export const scopes = documented('Those that the client allows, unless said otherwise.', list(text))
export const secrets = documented('Whether the answer shows secrets as well.', boolean())

/** Answers of routes that list pools, or leave other pools than before. */
export const poolList = structure({ pools: required(list(document())) })
