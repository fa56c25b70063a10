/** Gives back a text that says the same as the one given: one from before, where there is one. */
export type ShareText = (text: string) => string

/** Texts of one generation; two are remembered. */
const generation = 2000
/** Characters. V8 keeps one of each shorter text by itself; longer ones are seldom the same. */
const shortest = 11
const longest = 100

/**
 * Many records say the same: the pool, the client and the user of each refresh token. A record that was parsed from JSON has a copy of
 * each text of its own; with this they share those that were seen lately. No more than two generations are remembered: what was seen in
 * neither is forgotten.
 */
export function sharedTexts(): ShareText {
  let young = new Map<string, string>()
  let old = new Map<string, string>()
  return text => {
    if (text.length < shortest || text.length > longest) return text
    const known = young.get(text)
    if (known !== undefined) return known
    const shared = old.get(text) ?? text
    if (young.size >= generation) {
      old = young
      young = new Map()
    }
    young.set(shared, shared)
    return shared
  }
}
