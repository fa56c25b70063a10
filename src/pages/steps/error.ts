import { readCookie } from '../../http/cookies.js'
import { type Hosting, showError } from '../../http/hosted-refusals.js'
import { queryOf } from '../../http/parameters.js'
import type { PageRoute, Visit } from '../step.js'

/** `/error`: where a request ends that may not be answered at the app (docs/facts/oauth-and-federation.md §3.3). */
export const error = (hosting: Hosting): PageRoute<Visit> => ({
  path: '/error',
  arrive: async visit => visit,
  async get({ hosted, request, reply }) {
    const { error: code = 'unknown' } = queryOf(request)
    const flightId = readCookie(request, hosted, 'rockpool-flight')
    const explanation = flightId === undefined ? undefined : await hosting.explanationOf(flightId, code)
    return showError(
      hosting,
      { hosted, request, reply },
      {
        // The words of a query are not ours: only what may be a code of ours is shown as it comes.
        message: shown.test(code) ? code : 'unknown',
        ...(explanation === undefined ? {} : { explanation }),
        ...(explanation === undefined || flightId === undefined ? {} : { flightId }),
      },
    )
  },
})

const shown =
  /^(?=.{1,30}$)[a-z]+(_[a-z]+)*$|^Required parameters missing$|^Required String parameter '\w{1,30}' is not present$/
