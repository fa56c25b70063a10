import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import {
  ImportError,
  type Imported,
  type ImportOptions,
  importInfrastructure,
} from '../../src/config/import/index.js'
import { seedOf } from '../../src/config/seed/read.js'
import { startRockpool } from '../../src/emulator.js'
import { anSdk } from './api.js'
import { shareKeys } from './keys.js'

/** The templates that come with what is expected of them. */
export const fixtures = new URL('../../fixtures/import/', import.meta.url).pathname

/** Imports one of the fixtures. Paths of code begin at their folder. */
export function importedFixture(input: string, options: ImportOptions = {}): Imported {
  const before = process.cwd()
  process.chdir(fixtures)
  try {
    return importInfrastructure([input], options)
  } finally {
    process.chdir(before)
  }
}

/** Imports texts as if they were files, by name; the first is the input, the others lie beside it. */
export function importedTexts(
  texts: Readonly<Record<string, string>>,
  options: ImportOptions = {},
): Imported {
  const [input = ''] = Object.keys(texts)
  return importInfrastructure([input], options, {
    text: path => texts[path] ?? '',
    exists: path => path in texts,
    isFolder: () => false,
    folders: () => [],
  })
}

export const importedText = (text: string, options: ImportOptions = {}, file = 'template.yaml'): Imported =>
  importedTexts({ [file]: text }, options)

/** What keeps an import from working, as its messages stand on the screen. */
export function refusalsOf(act: () => unknown): string[] {
  try {
    act()
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    return error.messages
      .filter(({ level }) => level === 'error')
      .map(({ file, line, path, text, remedy }) => `${file}:${line ?? '?'} ${path}: ${text} ${remedy}`)
  }
  return []
}

export const warningsOf = ({ warnings }: Imported): string[] =>
  warnings.map(({ file, line, path, text, remedy }) => `${file}:${line ?? '?'} ${path}: ${text} ${remedy}`)

/** A Rockpool that begins with what was imported, and how an SDK sees its first pool. */
export async function startedWith(t: Test, imported: Imported) {
  await shareKeys()
  const rockpool = await startRockpool({ port: 0, keys: 'recycled', seeds: [seedOf(imported.seed)] })
  t.teardown(() => rockpool.close())
  const UserPoolId = imported.pools[0]?.id ?? ''
  const sdk = anSdk(t, rockpool, UserPoolId.split('_')[0])
  const pool = async () => (await sdk.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))).UserPool
  const client = async (id: string) => {
    const ClientId = imported.pools.map(({ clients }) => clients[id]).find(found => found !== undefined)
    const { UserPoolClients = [] } = await sdk.send(new cognito.ListUserPoolClientsCommand({ UserPoolId }))
    const known = UserPoolClients.find(one => one.ClientId === ClientId)
    return (
      await sdk.send(
        new cognito.DescribeUserPoolClientCommand({ UserPoolId, ClientId: known?.ClientId ?? id }),
      )
    ).UserPoolClient
  }
  const provider = async (ProviderName: string) =>
    (await sdk.send(new cognito.DescribeIdentityProviderCommand({ UserPoolId, ProviderName })))
      .IdentityProvider
  return { rockpool, sdk, UserPoolId, pool, client, provider }
}
