import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/**
 * What SQLite does not tell of a write-ahead log (https://sqlite.org/fileformat2.html#the_write_ahead_log): it takes the
 * commits up to the first frame that does not fit, and drops the rest without a word.
 */

/** Whether commits are lost in a log. */
export type LogState = 'missing' | 'empty' | 'sound' | 'damaged'

/**
 * Reads a log. It is sound if all its frames are, or the last of them is cut off: its writer was stopped before the
 * commit was acknowledged. Frames of earlier rounds, which have other salts, may follow.
 */
export function stateOfLog(file: string): LogState {
  const log = openedIfThere(file)
  if (log === undefined) return 'missing'
  try {
    const { size } = fstatSync(log)
    if (size === 0) return 'empty'
    return size < headerSize ? 'damaged' : judged(log, size)
  } finally {
    closeSync(log)
  }
}

const headerSize = 32
const frameHeaderSize = 24

type Sums = readonly [number, number]

function judged(log: number, size: number): LogState {
  const header = read(log, 0, headerSize)
  const magic = header.readUInt32BE(0)
  const pageSize = header.readUInt32BE(8)
  const isPower = pageSize >= 512 && pageSize <= 65_536 && (pageSize & (pageSize - 1)) === 0
  if ((magic & ~1) >>> 0 !== 0x377f0682 || !isPower) return 'damaged'
  const bigEndian = (magic & 1) === 1
  let sums = summed([0, 0], header.subarray(0, 24), bigEndian)
  if (!matches(sums, header, 24)) return 'damaged'
  const salts = header.subarray(16, 24)
  const frameSize = frameHeaderSize + pageSize
  let isBroken = false
  for (let at = headerSize; at + frameSize <= size; at += frameSize) {
    const frame = read(log, at, frameSize)
    if (!frame.subarray(8, 16).equals(salts)) {
      // Of an earlier round, unless it is in the middle of this one.
      isBroken = true
      continue
    }
    // Frames are written one after the other: one of this round after a broken one shows that more was there.
    if (isBroken) return 'damaged'
    sums = summed(sums, frame.subarray(0, 8), bigEndian)
    sums = summed(sums, frame.subarray(frameHeaderSize), bigEndian)
    isBroken = !matches(sums, frame, 16)
  }
  return 'sound'
}

/** Goes on with the checksums of the format. */
function summed([first, second]: Sums, bytes: Buffer, bigEndian: boolean): Sums {
  let [one, two] = [first, second]
  const words = bigEndian ? bytes : Buffer.from(bytes)
  if (!bigEndian) words.swap32()
  for (let at = 0; at < words.length; at += 8) {
    one = (one + words.readUInt32BE(at) + two) | 0
    two = (two + words.readUInt32BE(at + 4) + one) | 0
  }
  return [one, two]
}

const matches = ([first, second]: Sums, bytes: Buffer, at: number): boolean =>
  bytes.readInt32BE(at) === first && bytes.readInt32BE(at + 4) === second

function read(file: number, at: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  readSync(file, bytes, 0, length, at)
  return bytes
}

function openedIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
