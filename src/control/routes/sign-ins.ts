import { document, documented, integer, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { client, pool, scopes, text, texts } from './fields.js'

const tokens = structure({
  accessToken: required(text),
  idToken: text,
  refreshToken: text,
  expiresIn: required(integer()),
  claims: required(structure({ access: required(document()), id: document() })),
})

/** Sign-ins and tokens, without a person. */
export const signIns: readonly Route[] = [
  route({
    method: 'POST',
    path: '/sign-in',
    summary: 'Signs a user in through the hosted pages, as an app and a browser do, and verifies the tokens.',
    outside: true,
    body: {
      pool,
      client,
      username: documented(
        'Who signs in; at a built-in identity provider the newest user there, if absent.',
        text,
      ),
      password: documented('A built-in identity provider asks for none.', text),
      provider: documented('The identity provider to go through.', text),
      newPassword: documented('Takes the place of a temporary one.', text),
      attributes: documented('For a page that asks for missing ones.', texts),
      scopes,
    },
    answer: tokens,
    handle: ({ operations }, request) => operations.signIn(request),
  }),
  route({
    method: 'POST',
    path: '/tokens',
    summary: 'Mints tokens without a sign-in; without a username, those of a machine.',
    body: { pool, client, username: text, scopes },
    answer: tokens,
    handle: ({ operations }, request) => operations.mintTokens(request),
  }),
]
