import { english, type Words } from './english.js'

/** The languages that pages can be shown in, by the value that `lang` has for each. */
const languages = { en: english } satisfies Record<string, Words>

/** A language, as the parameter `lang` names it. */
export type Language = keyof typeof languages

/** The texts of a language; English unless one is named that there is. */
export const wordsIn = (language: string | undefined): Words =>
  language !== undefined && Object.hasOwn(languages, language) ? languages[language as Language] : english
