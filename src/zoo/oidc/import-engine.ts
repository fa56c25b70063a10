import type * as OidcProvider from 'oidc-provider'

/**
 * Imports the engine, without the line it prints on Node 20: its suite passes there (DECISIONS.md), and a warning at
 * the first token of every start would only worry people.
 */
export async function importEngine(): Promise<typeof OidcProvider> {
  const { console } = globalThis
  const { warn } = console
  console.warn = (...words: unknown[]) => {
    if (!String(words[0]).includes('oidc-provider WARNING')) warn.apply(console, words)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}
