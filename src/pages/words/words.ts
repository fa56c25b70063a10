import { chineseSimplified } from './chinese-simplified.js'
import { chineseTraditional } from './chinese-traditional.js'
import { english, type Words } from './english.js'
import { french } from './french.js'
import { german } from './german.js'
import { indonesian } from './indonesian.js'
import { italian } from './italian.js'
import { japanese } from './japanese.js'
import { korean } from './korean.js'
import { portugueseBrazil } from './portuguese-brazil.js'
import { spanish } from './spanish.js'

/** The languages that pages can be shown in, by the value that `lang` has for each. */
const languages = {
  de: german,
  en: english,
  es: spanish,
  fr: french,
  id: indonesian,
  it: italian,
  ja: japanese,
  ko: korean,
  'pt-BR': portugueseBrazil,
  'zh-CN': chineseSimplified,
  'zh-TW': chineseTraditional,
} satisfies Record<string, Words>

/** A language, as the parameter `lang` names it. */
export type Language = keyof typeof languages

export const isLanguage = (name: string | undefined): name is Language =>
  name !== undefined && Object.hasOwn(languages, name)

/** The texts of a language. */
export const wordsIn = (language: Language): Words => languages[language]

/**
 * The language of a browser, of those that there are: the first that it prefers.
 * @param accepted the header `Accept-Language`
 */
export function languageOf(accepted: string | undefined): Language {
  const wanted = (accepted ?? '')
    .split(',')
    .map(part => {
      const [tag = '', ...parameters] = part.trim().split(';')
      const weight = parameters.map(text => /^\s*q=([\d.]+)/.exec(text)?.[1]).find(Boolean)
      return { tag: tag.toLowerCase(), weight: weight === undefined ? 1 : Number(weight) }
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((one, other) => other.weight - one.weight)
  const known = Object.keys(languages) as Language[]
  for (const { tag } of wanted) {
    const exact = known.find(name => name.toLowerCase() === tag)
    const related = known.find(name => isRelated(tag, name.toLowerCase()))
    if (exact ?? related) return (exact ?? related) as Language
  }
  return 'en'
}

/** Chinese goes by its script, which regions tell (RFC 5646); other languages by their first part. */
function isRelated(tag: string, name: string): boolean {
  const [language, ...rest] = tag.split('-')
  if (language !== 'zh') return name.split('-')[0] === language
  const traditional = rest.some(part => ['hant', 'tw', 'hk', 'mo'].includes(part))
  return name === (traditional ? 'zh-tw' : 'zh-cn')
}
