import { withoutPassword } from '../lib/url.js'
import { SchemaTooNew } from './postgres-schema.js'
import { StoreFailure } from './store-failure.js'

/** A database that cannot serve. The message is whole sentences for the operator: what is wrong, and what to do. */
class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

/** A request that the database did not answer. It may have been done, or not; never by half. */
class DatabaseUnavailable extends StoreFailure {
  override readonly name = 'DatabaseUnavailable'
}

/**
 * PostgreSQL's codes for a server that shuts down, starts up, has no room, became a standby, or gave up a statement, and Node's
 * for a lost connection.
 */
const losses = new Set([
  ...['57P01', '57P02', '57P03', '53300', '08000', '08001', '08003', '08004', '08006', '25006', '57014'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'EAI_AGAIN', 'ENOTFOUND', 'EHOSTUNREACH'],
])

/** Whether the database was not reached, or lost. The driver's own errors for that have words and no code. */
export function isLoss(error: unknown): boolean {
  const { code, message } = error as { code?: string; message?: string }
  if (code !== undefined) return losses.has(code)
  return /Connection terminated|Client has encountered a connection error|timeout exceeded|not queryable|read timeout/.test(
    message ?? '',
  )
}

/** Whether what was sent is certainly not done: the server has become a standby, which only reads. */
export const notDone = (error: unknown): boolean => (error as { code?: string }).code === '25006'

export const unavailable = (cause: Error): DatabaseUnavailable =>
  new DatabaseUnavailable(
    `PostgreSQL did not answer (${cause.message}). Whether the request was carried out is not known; look, or send it again, when PostgreSQL is back.`,
    { statusCode: 503, error: 'temporarily_unavailable', cause },
  )

/** Why the database cannot be used, without the password of its address. */
export function inWords(cause: Error, url: string): Error {
  const where = withoutPassword(url)
  if (cause instanceof SchemaTooNew) return new DatabaseError(cause.message, { cause })
  const { message, code } = (cause instanceof DatabaseUnavailable ? cause.cause : cause) as Error & {
    readonly code?: string
  }
  const remedy =
    code === '28P01' || code === '28000'
      ? 'Check user and password in the address given with --data.'
      : code === '3D000'
        ? 'Create it with createdb, or name another one in the address given with --data.'
        : code === '42501'
          ? 'Grant the user CREATE on the database: Rockpool makes a schema of its own in it.'
          : 'Check that PostgreSQL runs there and that the address given with --data is right.'
  return new DatabaseError(`The database ${where} cannot be used: ${message}. ${remedy}`, { cause })
}
