/**
 * What the recorder keeps of a value, and what it shows: enough to explain a flight, nothing that could be used. What is
 * recorded is copied within bounds on its way in, and masked at each reading.
 */

/** How many characters one text may keep, and how deep and wide plain data may be. */
const limits = { text: 2_000, depth: 8, entries: 100 } as const

/** Characters that a hop may still keep; cleaning uses it up. */
export interface Allowance {
  characters: number
}

/** A copy of plain data, long texts cut and wide lists shortened, with its secrets: to be `cleaned` before it is shown. */
export const copied = (value: unknown, allowance: Allowance): unknown => copy(value, allowance, 0)

function copy(value: unknown, allowance: Allowance, depth: number): unknown {
  if (allowance.characters < perValue) return full
  allowance.characters -= perValue
  if (typeof value === 'string') return spend(value, allowance)
  if (typeof value === 'bigint') return spend(String(value), allowance)
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value
  if (typeof value !== 'object') return undefined
  if (depth === limits.depth) return tooDeep
  if (Array.isArray(value))
    return value.slice(0, limits.entries).map(each => copy(each, allowance, depth + 1))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return spend(value.href, allowance)
  if (value instanceof Error) return spend(`${value.name}: ${value.message}`, allowance)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(
    entries
      .slice(0, limits.entries)
      .map(([key, each]) => [spend(String(key), allowance), copy(each, allowance, depth + 1)]),
  )
}

/** A copy of plain data in which secrets are masked by their names, long texts are cut and everything is JSON. */
export const cleaned = (value: unknown, allowance: Allowance): unknown =>
  clean(value, { allowance, name: '', depth: 0, secret: false })

/** What a value costs besides its characters. */
const perValue = 8
const full = '‹left out: this hop is full›'
const tooDeep = '‹too deep›'

interface Place {
  readonly allowance: Allowance
  readonly name: string
  readonly depth: number
  /** Whether it stands inside something secret. */
  readonly secret: boolean
}

function clean(value: unknown, place: Place): unknown {
  if (place.allowance.characters < perValue) return full
  place.allowance.characters -= perValue
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') {
    return cleanScalar(value, place)
  }
  if (value === null || typeof value === 'boolean') return value
  if (typeof value !== 'object') return undefined
  if (place.depth === limits.depth) return tooDeep
  if (Array.isArray(value)) return value.slice(0, limits.entries).map(each => clean(each, inside(place)))
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return cleanScalar(value.href, place)
  if (value instanceof Error) return cleanScalar(`${value.name}: ${value.message}`, place)
  const entries = value instanceof Map ? [...value] : Object.entries(value)
  return Object.fromEntries(
    entries.slice(0, limits.entries).map(([key, each]) => {
      const name = String(key)
      return [spend(name, place.allowance), clean(each, { ...inside(place), name })]
    }),
  )
}

/** A token's name over plain data stands for the decoded token, any other secret name covers what is inside. */
const inside = (place: Place): Place => ({
  ...place,
  depth: place.depth + 1,
  secret: place.secret || (isSecret(place.name) && !isTokenName(place.name)),
})

function cleanScalar(value: string | number | bigint, { allowance, name, secret }: Place): unknown {
  if (secret || isSecret(name)) return masked(String(value), name)
  return typeof value === 'string' ? spend(maskedText(value), allowance) : Number(value)
}

function spend(text: string, allowance: Allowance): string {
  const kept = shortened(text)
  if (kept.length > allowance.characters) return full
  allowance.characters -= kept.length
  return kept
}

/** A text of a sensible length. One that was shortened once stays as it is. */
export const shortened = (text: string): string =>
  text.length > limits.text + roomForNote
    ? `${text.slice(0, limits.text)}‹and ${text.length - limits.text} characters more›`
    : text

/** The length of a text that may have been shortened. */
const lengthOf = (text: string): number => {
  const more = text.length > limits.text ? /‹and (\d+) characters more›$/.exec(text)?.[1] : undefined
  return more === undefined ? text.length : limits.text + Number(more)
}
/** Characters that the note about a shortened text may take. */
const roomForNote = 48

/** In the place of a secret: its length, and of an `Authorization` its scheme. */
function masked(secret: string, name: string): string {
  if (secret === '') return ''
  const scheme = bare(name) === 'authorization' ? /^(basic|bearer|dpop) /i.exec(secret)?.[0] : undefined
  return `${scheme ?? ''}‹masked ${lengthOf(secret) - (scheme?.length ?? 0)} characters›`
}

/**
 * A text, cut to a sensible length, in which signed tokens, the password of a URL and secret parameters or members
 * are masked. Parameters of a query or fragment are shown decoded: they are there to be read.
 */
export const maskedText = (text: string): string => maskWithin(shortened(text), 0)

function maskWithin(text: string, depth: number): string {
  return text
    .replace(/\beyJ[\w-]{8,}(?:\.[\w-]*){1,4}/g, token => `‹masked token of ${token.length} characters›`)
    .replace(/(\/\/[^\s/@:]*:)[^\s/@]+@/g, '$1‹masked›@')
    .replace(/"([\w-]+)"(\s*:\s*)"((?:[^"\\]|\\.)*)"?/g, (all, name: string, colon: string, value: string) =>
      isSecret(name) ? `"${name}"${colon}"${masked(value, name)}"` : all,
    )
    .replace(/(^|[?&#;\s])([\w.%-]+)=([^&#\s]+)/g, (all, before: string, name: string, value: string) => {
      const plain = formDecoded(value)
      if (isSecret(formDecoded(name))) return `${before}${name}=${masked(plain, name)}`
      if (plain === value) return all
      // A URL within a URL within a URL: someone hopes that no reader decodes that far.
      return `${before}${name}=${depth === 3 ? '‹nested too deep›' : maskWithin(plain, depth + 1)}`
    })
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** A text for one line of a log: control characters, line ends and marks that reorder text are gone. */
export const onOneLine = (text: string): string =>
  text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .slice(0, limits.text)
    .trim()

/** Whether a value of this name must not be kept. */
export function isSecret(name: string): boolean {
  const plain = bare(name)
  return secretNames.has(plain) || secretEndings.test(plain) || plain.startsWith('proof')
}

const isTokenName = (name: string): boolean => /tokens?$/.test(bare(name))

/** `new_password`, `newPassword` and `NewPassword` are one name. */
const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

const secretNames = new Set([
  'answer',
  'challengeanswer',
  'code',
  'usercode',
  'confirmationcode',
  'authorizationcode',
  'csrf',
  'xsrf',
  'authorization',
  'proxyauthorization',
  'secretid',
  'signature',
  'secrethash',
  'session',
  'samlresponse',
  'idtokenhint',
  'jwt',
  'passwd',
  'pwd',
])
const secretEndings =
  /(?:passwords?|secrets?|tokens?|cookies?|verifier|assertion|credentials?|apikey|privatekey|mfacode|verificationcode)$/
