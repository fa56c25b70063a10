import type { Language } from '../words/words.js'

/** The keys that `CreateTerms` has for the languages of pages (docs/facts/hosted-pages.md §3). */
export const keyOfLanguage: { readonly [language in Language]: string } = {
  de: 'cognito:german',
  en: 'cognito:english',
  es: 'cognito:spanish',
  fr: 'cognito:french',
  id: 'cognito:bahasa-indonesia',
  it: 'cognito:italian',
  ja: 'cognito:japanese',
  ko: 'cognito:korean',
  'pt-BR': 'cognito:portuguese-brazil',
  'zh-CN': 'cognito:chinese-simplified',
  'zh-TW': 'cognito:chinese-traditional',
}
