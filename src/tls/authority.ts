import { networkInterfaces } from 'node:os'
import type { SecureContext, TlsOptions } from 'node:tls'
import { type AuthorityFiles, authorityFiles } from './authority-files.js'
import type { Certified } from './certificates.js'

/** The certificate authority that vouches for our names, to clients that trust it. */
export interface Authority {
  /** The authority's certificate, as PEM. The first call makes it, where there is none yet. */
  certificate(): Promise<string>
  /** What a TLS server of ours is made with: a certificate for each name that a client asks for. */
  serverOptions(): Promise<TlsOptions>
}

export interface AuthorityOptions {
  /** The folder that the authority is kept in; without one it is gone with the process. */
  readonly directory?: string
  /** The system's time, which clients go by, whatever time it is in Rockpool. */
  readonly now: () => number
  /** Whether we answer under a name that a client asks for. Nobody gets a certificate for another's. */
  readonly isOurs: (name: string) => boolean | Promise<boolean>
  /** For how many names certificates are kept at a time: each takes some kilobytes. */
  readonly namesKept?: number
}

export function createAuthority({ directory, now, isOurs, namesKept = 500 }: AuthorityOptions): Authority {
  const known = once(() => obtain(directory === undefined ? undefined : authorityFiles(directory), now()))
  const contexts = new Map<string, Promise<SecureContext>>()

  /** The context for a name: made once, and kept while there is room. */
  function contextFor(name: string): Promise<SecureContext> {
    const present = contexts.get(name)
    if (present !== undefined) return present
    const made = makeContext([name])
    contexts.set(name, made)
    made.catch(() => contexts.delete(name))
    for (const oldest of contexts.keys()) {
      if (contexts.size <= namesKept) break
      contexts.delete(oldest)
    }
    return made
  }

  async function makeContext(names: readonly string[]): Promise<SecureContext> {
    const { createSecureContext } = await import('node:tls')
    return createSecureContext(await identityFor(names))
  }

  /** The authority's own certificate goes along, so that a client may know it by its key. */
  async function identityFor(names: readonly string[]): Promise<{ key: string; cert: string }> {
    const authority = await known()
    const { serverCertificate } = await import('./certificates.js')
    const { key, certificate } = await serverCertificate(authority, names, now())
    return { key, cert: certificate + authority.certificate }
  }

  return {
    certificate: async () => (await known()).certificate,
    serverOptions: async () => ({
      // For clients that send no server name, as those do that connect to an address.
      ...(await identityFor(['localhost', ...ownAddresses()])),
      SNICallback: (asked, answer) => {
        const name = asked.toLowerCase()
        Promise.resolve(isOurs(name))
          .then(ours => (ours ? contextFor(name) : Promise.reject(new UnknownName(name))))
          .then(context => answer(null, context), answer)
      },
    }),
  }
}

/** A client asked for a name that is none of ours. */
export class UnknownName extends Error {
  override readonly name = 'UnknownName'
  readonly asked: string

  constructor(asked: string) {
    super(`No certificate is made for the name "${asked}".`)
    this.asked = asked
  }
}

/** Every address by which a client may have reached this machine. */
const ownAddresses = (): string[] => [
  ...new Set([
    '127.0.0.1',
    '::1',
    ...Object.values(networkInterfaces()).flatMap((found = []) =>
      found.map(({ address }) => address.replace(/%.*$/, '')),
    ),
  ]),
]

/** The authority that is kept, else a new one, which is kept from now on. */
async function obtain(files: AuthorityFiles | undefined, now: number): Promise<Certified> {
  const kept = await files?.read()
  if (kept?.key !== undefined && kept.certificate !== undefined)
    return { key: kept.key, certificate: kept.certificate }
  const { authorityCertificate, newKey } = await import('./certificates.js')
  const ownKey = kept?.key ?? (await newKey())
  const key = (await files?.keepKey(ownKey)) ?? ownKey
  const ownCertificate = await authorityCertificate(key, now)
  return { key, certificate: (await files?.keepCertificate(ownCertificate)) ?? ownCertificate }
}

/** The first call does it, the others get the same; after a failure the next call tries again. */
function once<T>(act: () => Promise<T>): () => Promise<T> {
  let begun: Promise<T> | undefined
  return () => {
    begun ??= act().catch(error => {
      begun = undefined
      throw error
    })
    return begun
  }
}
