/** A snapshot that cannot be restored. The message is whole sentences: what is wrong with it, and what to do. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError'
}
