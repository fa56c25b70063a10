import type { SocialKind } from './social.js'
import { profileAt, redeemed } from './token-call.js'

/** Facebook writes scopes with commas, answers a GET with the token, and is asked for each field by name. */
export const facebook: SocialKind = {
  scope: scopes => scopes.split(/[\s,]+/).join(','),
  async claims(redemption) {
    const tokens = await redeemed(redemption)
    const { mapping, details } = redemption.provider
    const mapped = Object.values(mapping).filter(name => name !== 'access_token')
    const fields = [...new Set([...mapped, 'id'])]
    const profile = await profileAt(
      redemption,
      `${details.attributes_url}${fields.join(',')}`,
      tokens.access_token,
    )
    return { tokens, idToken: {}, profile }
  },
}
