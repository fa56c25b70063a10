import {
  boolean,
  documented,
  either,
  integer,
  list,
  map,
  required,
  string,
  structure,
} from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { pool, text } from './fields.js'

const claims = map(text, either(text, boolean(), integer(), list(text)))
const person = structure({ username: required(text), claims: required(claims) })
const provider = required(
  documented('The name of a pool’s identity provider, or of the built-in one behind it.', text),
)

/** The people of the built-in identity providers. */
export const upstreams: readonly Route[] = [
  route({
    method: 'POST',
    path: '/providers/{provider}/users',
    summary:
      'Adds a user to the built-in identity provider behind one of a pool; they are the first to sign in there.',
    parameters: { provider },
    body: {
      pool,
      username: documented('Their e-mail address, if absent.', string({ min: 1, max: 128 })),
      claims: required(claims),
      withoutPage: documented(
        'Whether they are signed in from now on without a page being shown.',
        boolean(),
      ),
    },
    answer: structure({ provider: required(text), ...person.members }),
    handle: ({ operations }, { provider, ...user }) => operations.addUpstreamUser(provider, user),
  }),
  route({
    method: 'GET',
    path: '/providers/{provider}/users',
    summary:
      'The users of the built-in identity provider behind one of a pool; those who were added, the newest first.',
    parameters: { provider },
    query: { pool },
    answer: structure({ provider: required(text), users: required(list(person)) }),
    handle: ({ operations }, { provider, pool }) => operations.upstreamUsers(provider, { pool }),
  }),
]
