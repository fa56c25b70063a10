import { type BrandingSettings, choices, settingsDefaults } from './settings-defaults.js'

/**
 * The document `Settings` of a managed login style (docs/facts/hosted-pages.md §9): what it may say, and what it
 * comes to.
 */

/** Something in the document that is wrong. */
export interface SettingsFinding {
  /** From the root: `components.form.borderRadius`. */
  readonly path: string
  /** What is wrong, and what would be right. A sentence. */
  readonly because: string
  /** Whether the service takes the value all the same, and does not follow it. */
  readonly isIgnored?: true
}

type Tree = Readonly<Record<string, unknown>>

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const colour = /^[0-9a-f]{8}$/i
/** Without the part for opacity: the service takes it, and stays with its default. */
const shortColour = /^[0-9a-f]{6}$/i

/** Parts that the service keeps for later: it takes whatever stands there, and follows nothing of it. */
const reserved: ReadonlySet<string> = new Set([
  'categories.signUp',
  'categories.form.instructions',
  'categories.form.sessionTimerDisplay',
  'categories.form.languageSelector',
])

/** Where providers have buttons of their own, by their names. */
const ownButtons = 'components.idpButton.custom'

/** What is wrong with a document, in its order. A document that is right, or empty, has no findings. */
export const settingsFindings = (settings: unknown): SettingsFinding[] =>
  isTree(settings)
    ? inTree(settings, settingsDefaults, '')
    : [{ path: 'Settings', because: 'Settings is no JSON object.' }]

const inTree = (given: Tree, model: Tree, path: string): SettingsFinding[] =>
  Object.entries(given).flatMap(([name, value]) => {
    const at = path === '' ? name : `${path}.${name}`
    if (reserved.has(at)) return []
    if (path === ownButtons) return judge(value, settingsDefaults.components.idpButton.standard, at)
    if (!Object.hasOwn(model, name))
      return [
        {
          path: at,
          because: `There is no member "${name}" here, but ${listed(Object.keys(model))}.`,
        },
      ]
    return judge(value, model[name], at)
  })

function judge(value: unknown, model: unknown, path: string): SettingsFinding[] {
  const wrong = (wanted: string): SettingsFinding[] => [
    { path, because: `${JSON.stringify(value)} is not ${wanted}.` },
  ]
  if (isTree(model)) return isTree(value) ? inTree(value, model, path) : wrong('an object')
  if (Array.isArray(model)) return Array.isArray(value) ? inList(value, path) : wrong('a list')
  if (typeof model === 'boolean') return typeof value === 'boolean' ? [] : wrong('true or false')
  if (typeof model === 'number')
    return typeof value === 'number' && value >= 0 ? [] : wrong('a number of pixels')
  const allowed = choices[path.slice(path.lastIndexOf('.') + 1)]
  if (allowed !== undefined)
    return allowed.includes(value as string) ? [] : wrong(`one of ${allowed.join(', ')}`)
  if (typeof value !== 'string' || !(colour.test(value) || shortColour.test(value)))
    return wrong('a colour of eight hexadecimal digits, such as 0972d3ff')
  return colour.test(value)
    ? []
    : [
        {
          path,
          because: `"${value}" has six digits. The service wants eight, and takes its default instead: write "${value}ff".`,
          isIgnored: true,
        },
      ]
}

function inList(value: readonly unknown[], path: string): SettingsFinding[] {
  if (path !== 'categories.auth.authMethodOrder')
    return value.every(item => typeof item === 'string')
      ? []
      : [{ path, because: `${JSON.stringify(value)} is not a list of texts.` }]
  const methods = value.flat()
  return methods.length > 0 && methods.every(isMethod)
    ? []
    : [
        {
          path,
          because: `${JSON.stringify(value)} is not a list of lists of {display, type}, with BUTTON and FEDERATED or INPUT and USERNAME_PASSWORD.`,
        },
      ]
}

const isMethod = (method: unknown): boolean =>
  isTree(method) &&
  (method.display === 'BUTTON' || method.display === 'INPUT') &&
  (method.type === 'FEDERATED' || method.type === 'USERNAME_PASSWORD')

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

/** One document over another: objects member by member, everything else as a whole. */
export function mergeSettings<T extends object>(base: T, over: unknown): T {
  if (!isTree(over)) return base
  const merged: Record<string, unknown> = { ...(base as Tree) }
  for (const [name, value] of Object.entries(over)) {
    const before = merged[name]
    if (isTree(value)) merged[name] = mergeSettings(isTree(before) ? before : {}, value)
    else merged[name] = value
  }
  return merged as T
}

/** The complete document that a style comes to: its own settings, and the service's defaults for the rest. */
export const effectiveSettings = (settings: unknown): BrandingSettings =>
  mergeSettings(settingsDefaults, withoutIgnored(settings))

/** A document without colours of six digits, which count for nothing. */
function withoutIgnored(value: unknown): unknown {
  if (!isTree(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => !(typeof member === 'string' && shortColour.test(member)))
      .map(([name, member]) => [name, withoutIgnored(member)]),
  )
}
