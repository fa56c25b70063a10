import type { FastifyReply, FastifyRequest } from 'fastify'
import { readRawCookie, setRawCookie } from '../http/cookies.js'
import type { Hosted } from '../http/hosted.js'
import { queryOf } from '../http/parameters.js'
import { isManaged } from './look/look-of.js'
import { isLanguage, type Language, languageOf } from './words/words.js'

/**
 * The language of a page: that of the parameter `lang`, which is remembered, else the one that is remembered, else the
 * browser's. The classic pages know English only (fact P37), and `ui_locales` counts for nothing.
 */
export function languageOfPage(hosted: Hosted, request: FastifyRequest, reply: FastifyReply): Language {
  if (!isManaged(hosted)) return 'en'
  const { lang } = queryOf(request)
  const remembered = readRawCookie(request, 'lang')
  if (!isLanguage(lang))
    return isLanguage(remembered) ? remembered : languageOf(request.headers['accept-language'])
  if (lang !== remembered) setRawCookie(reply, hosted, 'lang', lang)
  return lang
}
