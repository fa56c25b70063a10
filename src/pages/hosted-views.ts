import { Refusal } from '../core/refusal.js'
import { clientById } from '../flows/directory/directory.js'
import type { Service } from '../flows/service.js'
import type { Arrival, Hosting, PostView } from '../http/hosted-refusals.js'
import { queryOf } from '../http/parameters.js'
import { languageOfPage } from './language-of-page.js'
import { type Look, plainLook } from './look/look.js'
import { lookOf } from './look/look-of.js'
import { errorPage } from './views/error-page.js'
import { postPage } from './views/post-page.js'
import { english, type Words } from './words/english.js'
import { wordsIn } from './words/words.js'

/** The pages that other surfaces show too, as they know them. */

/** The error page looks and speaks as the other pages of the domain do, as far as the request tells whose they are. */
export const hostedErrorPage =
  (service: Service): Hosting['errorPage'] =>
  async ({ poolName, message, explanation, flightUrl }, arrival) => {
    const words: Words =
      arrival === undefined
        ? english
        : wordsIn(languageOfPage(arrival.hosted, arrival.request, arrival.reply))
    const look = (arrival && (await lookAt(service, arrival))) ?? plainLook
    return errorPage({ poolName, message, detail: explanation, flightUrl, look }, words)
  }

/** The look of the client that a request names; undefined where it names none, or managed login has no style for it. */
async function lookAt(service: Service, { hosted, request }: Arrival): Promise<Look | undefined> {
  const { client_id: id } = queryOf(request)
  const client = id === undefined ? undefined : await clientById(service, id)
  if (client?.poolId !== hosted.pool.id) return undefined
  try {
    return await lookOf(service, hosted, client)
  } catch (error) {
    if (error instanceof Refusal) return undefined
    throw error
  }
}

export const hostedPostPage = (view: PostView): string => postPage(view, english)
