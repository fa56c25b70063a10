/** Where everything unpredictable comes from. */
export interface Chance {
  bytes(count: number): Buffer
  /** A random UUID (version 4, lower case). */
  uuid(): string
}

/** A random text of `length` characters, each equally likely to be any of the alphabet's. */
export function randomText(chance: Chance, length: number, alphabet: string): string {
  // Bytes beyond the largest multiple of the alphabet's size would favour its first letters.
  const usable = 256 - (256 % alphabet.length)
  let text = ''
  while (text.length < length) {
    for (const byte of chance.bytes(length - text.length)) {
      if (byte < usable) text += alphabet[byte % alphabet.length]
    }
  }
  return text
}

/** The alphabet of client ids and client secrets (docs/facts/user-pools-api.md §6.1). */
export const base32Hex = '0123456789abcdefghijklmnopqrstuv'
