import { stringify as write } from 'yaml'

/** A value as YAML that people read and change. */
export const stringify = (value: unknown): string =>
  write(value, { lineWidth: 110, aliasDuplicateObjects: false })
