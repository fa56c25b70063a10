import { createPrivateKey } from 'node:crypto'
import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { type Clock, epochSeconds } from '../../core/ports/clock.js'
import { jsonObject } from '../upstream-call.js'
import * as refusals from './refusals.js'
import type { SocialKind } from './social.js'
import { idTokenOf, redeemed } from './token-call.js'

/** Seconds that a client secret for Apple is good for; half a year is the most that Apple takes. */
const secretLifetime = 300

/**
 * Apple posts its answer, wants a secret that is signed for the occasion, and tells the user's name once: with the first consent,
 * in the form (docs/facts/saml-and-social.md §7.3, §7.4).
 */
export const apple: SocialKind = {
  parameters: { response_mode: 'form_post' },
  async claims(redemption) {
    const { provider, service, answer } = redemption
    const tokens = await redeemed(redemption, await clientSecret(provider, service.clock))
    const idToken = await idTokenOf(redemption, tokens)
    return { tokens, idToken, profile: namesIn(answer.user) }
  },
}

/** The secret: a token of the team, signed with its key (fact S56). */
async function clientSecret(provider: IdentityProvider, clock: Clock): Promise<string> {
  const { SignJWT } = await import('jose')
  const { client_id = '', team_id = '', key_id = '', private_key = '', oidc_issuer = '' } = provider.details
  const now = epochSeconds(clock)
  return new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: key_id })
    .setIssuer(team_id)
    .setIssuedAt(now)
    .setExpirationTime(now + secretLifetime)
    .setAudience(oidc_issuer)
    .setSubject(client_id)
    .sign(keyOf(provider, private_key))
}

/** The body of a `.p8`, with or without armour, its line ends real ones or written as `\n` [guess]. */
function keyOf(provider: IdentityProvider, given: string) {
  const body = given.replace(/\\n/g, '\n').replace(/-----[A-Z ]+-----|\s/g, '')
  try {
    return createPrivateKey({ key: Buffer.from(body, 'base64'), format: 'der', type: 'pkcs8' })
  } catch {
    throw refusals.keyUnreadable(provider)
  }
}

function namesIn(user: string | undefined): Claims {
  const { name } = jsonObject(user ?? '') ?? {}
  const { firstName, lastName } = (typeof name === 'object' && name !== null ? name : {}) as Claims
  const whole = [firstName, lastName].filter(part => typeof part === 'string' && part !== '').join(' ')
  return {
    ...(typeof firstName === 'string' ? { firstName } : {}),
    ...(typeof lastName === 'string' ? { lastName } : {}),
    ...(whole === '' ? {} : { name: whole }),
  }
}
