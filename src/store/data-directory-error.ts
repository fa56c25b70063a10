/** A data directory that cannot serve. The message is whole sentences for the operator: what is wrong, and what to do. */
export class DataDirectoryError extends Error {
  override readonly name = 'DataDirectoryError'
}
