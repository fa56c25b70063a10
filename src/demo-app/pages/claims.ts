/**
 * What the claims of tokens and of userInfo mean, for somebody who meets them for the first time
 * (docs/facts/oauth-and-federation.md §7.1–7.4).
 */
const meanings: Record<string, string> = {
  alg: 'How it is signed; always RSA with SHA‑256.',
  kid: 'Which of the pool’s keys signed it. ID and access tokens are signed by different ones.',
  sub: 'The user’s permanent id in this pool. Of a federated user too it is the pool’s own, not the provider’s.',
  iss: 'The pool that issued it. Your verifier compares it as text.',
  aud: 'The client id of the app it is for.',
  client_id: 'The app it was issued to. Cognito’s access tokens have this in the place of aud.',
  token_use: 'Cognito’s own: “id” or “access”. Check it, so that one is not taken for the other.',
  scope: 'What the app may do, as names separated by blanks.',
  auth_time: 'When the user really signed in. A refresh does not change it.',
  iat: 'When it was issued.',
  exp: 'Until when it is valid.',
  jti: 'The id of this very token.',
  origin_jti:
    'Cognito’s own: names the sign-in. All tokens refreshed from it share it, and revoking ends them together.',
  event_id: 'Cognito’s own: the sign-in event, to find it in logs.',
  nonce: 'What the app sent with its request; ties the token to it.',
  at_hash: 'Ties the ID token to the access token that came with it.',
  version: 'Cognito’s own: 2 when the token comes from the OAuth endpoints.',
  username: 'The user’s name in the pool; of a federated user the provider’s name, “_”, and their id there.',
  'cognito:username':
    'The user’s name in the pool; of a federated user the provider’s name, “_”, and their id there.',
  'cognito:groups':
    'The groups of the user. A federated user is in one named after the pool and the provider.',
  'cognito:roles': 'IAM roles of the user’s groups.',
  'cognito:preferred_role': 'The role of the group with the best precedence.',
  identities:
    'Who vouched for the user: the provider, and the user’s id there. Only for federated and linked users.',
  email: 'The e-mail address.',
  email_verified:
    'Whether the pool holds the address for verified. A text in userInfo, true or false in the token.',
  phone_number: 'The phone number, with + and country code.',
  phone_number_verified: 'Whether the pool holds the number for verified.',
}

/** One sentence about a claim; nothing for those that speak for themselves. */
export function aboutClaim(name: string): string {
  if (name.startsWith('custom:')) return 'A custom attribute of the pool. In tokens it is always a text.'
  return (Object.hasOwn(meanings, name) && meanings[name]) || ''
}

/** Whether a claim is a time in seconds since the epoch. */
export const isTime = (name: string): boolean => ['iat', 'exp', 'auth_time', 'nbf'].includes(name)
