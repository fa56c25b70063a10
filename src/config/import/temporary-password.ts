import { derivedSuffix } from './derived.js'

/** A temporary password that every policy takes which asks for no more than thirty characters. */
export const temporaryPassword = (...names: string[]): string =>
  `Aa1!${derivedSuffix('password', ...names)}${derivedSuffix('password again', ...names)}Zz`
