/**
 * Texts as bytes that databases compare in the store's order. In big-endian UTF-16 the order of bytes is the order of
 * code units, and no two texts become one, as they would in UTF-8 when they hold half a surrogate pair.
 */
export const bytes = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

/** The text of such bytes. The buffer given stays as it is. */
export const text = (bytes: Buffer): string => Buffer.from(bytes).swap16().toString('utf16le')

/**
 * The smallest bytes that sort after every text with this beginning. Where there are none (an empty beginning, or only
 * U+FFFF), bytes after all texts.
 */
export function beyond(prefix: Buffer): Buffer {
  const last = prefix.findLastIndex(byte => byte < 0xff)
  if (last === -1) return Buffer.alloc(prefix.length + 64, 0xff)
  const end = Buffer.from(prefix.subarray(0, last + 1))
  end[last] = (end[last] ?? 0) + 1
  return end
}
