import { StoreFailure } from './store-failure.js'

/** A write found no room. Nothing of it was kept, and the caller may try again. */
class StorageFull extends StoreFailure {
  override readonly name = 'StorageFull'

  /** @param place the directory that is full */
  constructor(place: string, cause: unknown) {
    super(
      `There is no room left in ${place}, so nothing was kept of this request; all that was there before still is. ` +
        'Free some space and send it again.',
      // Insufficient Storage (RFC 4918 §11.5).
      { statusCode: 507, error: 'insufficient_storage', cause },
    )
  }
}

/**
 * The codes of SQLite and of the system: a disk that is full, a quota that is used up, a file that may not grow. What is cut
 * short by one of them SQLite tells as a failure to write.
 */
const codes = /^(?:SQLITE_FULL|SQLITE_IOERR(?:_WRITE|_FSYNC|_TRUNCATE)?|ENOSPC|EDQUOT|EFBIG)$/

/** The error in these words if it is one of no room, else as it is. */
export const orStorageFull = (error: unknown, place: string): unknown =>
  codes.test(String((error as NodeJS.ErrnoException | undefined)?.code))
    ? new StorageFull(place, error)
    : error
