/**
 * The store did not do its part, through no fault of the request. The message is whole sentences for the request's sender,
 * who may send it again.
 */
export class StoreFailure extends Error {
  override readonly name: string = 'StoreFailure'
  /** For the HTTP layer. */
  readonly statusCode: 409 | 503 | 507
  /** The same for programs. */
  readonly error: string

  constructor(
    message: string,
    { statusCode, error, cause }: Pick<StoreFailure, 'statusCode' | 'error'> & { readonly cause?: unknown },
  ) {
    super(message, { cause })
    this.statusCode = statusCode
    this.error = error
  }
}
