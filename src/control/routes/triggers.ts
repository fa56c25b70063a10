import { document, documented, integer, list, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { client, pool, text } from './fields.js'

/** Calls of triggers, for people who write the functions. */
export const triggers: readonly Route[] = [
  route({
    method: 'POST',
    path: '/triggers/{trigger}',
    summary:
      'Calls the function of a trigger with a sample event, or a given one, and tells what it answered. Nothing comes of it.',
    // The function may call the API, and ask for a reset.
    outside: true,
    parameters: { trigger: required(documented('As PreSignUp.', text)) },
    body: {
      pool,
      client,
      source: documented('As PreSignUp_AdminCreateUser; the usual one unless said otherwise.', text),
      user: documented('A user of the pool; a sample unless said otherwise.', text),
      event: documented(
        'What the event shall have in the place of the sample: a whole event, or some members. Of its request, member by member.',
        document(),
      ),
    },
    answer: structure({
      trigger: required(text),
      source: required(text),
      function: required(documented('Where it is.', text)),
      event: required(document()),
      milliseconds: required(integer()),
      attempts: required(integer()),
      console: required(list(text)),
      answer: documented('The response, as far as it counts.', document()),
      changed: documented('Members of the response that the function has set.', document()),
      ignored: documented('Members of the response that mean nothing here.', list(text)),
      failure: documented('What a client would be told.', text),
    }),
    handle: ({ operations }, request) => operations.invokeTrigger(request),
  }),
]
