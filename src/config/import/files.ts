import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { ImportError } from './messages.js'

/** Reads files of an input. */
export interface Files {
  /** @throws ImportError when there is none, or it cannot be read */
  text(path: string): string
  exists(path: string): boolean
  isFolder(path: string): boolean
  /** The names of the folders in a folder; none where there is no such folder. */
  folders(path: string): readonly string[]
}

/** The files of this machine. An import happens once, at a start, before anything listens. */
export const filesOfThisMachine: Files = {
  text(path) {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      throw new ImportError([
        {
          level: 'error',
          file: path,
          path: '',
          text: code === 'ENOENT' ? 'There is no such file.' : `The file cannot be read (${code}).`,
          remedy: 'Name a template, a cdk.out folder, or the JSON of terraform show.',
        },
      ])
    }
  },
  exists: path => existsSync(path),
  isFolder: path => existsSync(path) && statSync(path).isDirectory(),
  folders: path =>
    existsSync(path) && statSync(path).isDirectory()
      ? readdirSync(path, { withFileTypes: true })
          .filter(entry => entry.isDirectory())
          .map(({ name }) => name)
      : [],
}
