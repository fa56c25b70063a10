import { link, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder } from '../disk/folder.js'

/** The file with the certificate to trust, in the authority's folder. */
const certificateFile = 'rockpool-ca.pem'
const keyFile = 'rockpool-ca-key.pem'

/** Where an authority is kept. Several processes may use one folder: the first one decides, and the others take its authority. */
export interface AuthorityFiles {
  read(): Promise<{ readonly key?: string; readonly certificate?: string }>
  /** Keeps a key unless there is one, and answers with the one that is kept. */
  keepKey(key: string): Promise<string>
  keepCertificate(certificate: string): Promise<string>
}

/** The folder of the authority cannot be read or written. The message says what to do. */
class AuthorityFolderError extends Error {
  override readonly name = 'AuthorityFolderError'
}

export function authorityFiles(directory: string): AuthorityFiles {
  const inWords = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act()
    } catch (cause) {
      throw new AuthorityFolderError(
        `The certificate authority cannot be kept in ${directory} (${codeOf(cause)}). Name a directory that this user may write to, with --ca-dir.`,
        { cause },
      )
    }
  }
  const path = (name: string) => join(directory, name)
  return {
    read: () =>
      inWords(async () => {
        const [key, certificate] = await Promise.all([textOf(path(keyFile)), textOf(path(certificateFile))])
        return {
          ...(key === undefined ? {} : { key }),
          ...(certificate === undefined ? {} : { certificate }),
        }
      }),
    // A holder of the key can pass for any server to browsers that trust the certificate.
    keepKey: key => inWords(() => publish(directory, path(keyFile), key, 0o600)),
    keepCertificate: text => inWords(() => publish(directory, path(certificateFile), text, 0o644)),
  }
}

/** Puts a file in its place whole, or finds that another process has. Answers with what is there. */
async function publish(directory: string, path: string, text: string, mode: number): Promise<string> {
  await makeFolder(directory)
  const drafts = await mkdtemp(join(directory, '.draft-'))
  try {
    const draft = join(drafts, 'draft')
    await writeFile(draft, text, { mode })
    await link(draft, path)
    return text
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return readFile(path, 'utf8')
  } finally {
    await rm(drafts, { recursive: true })
  }
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? 'unknown')
