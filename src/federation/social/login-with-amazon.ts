import type { SocialKind } from './social.js'
import { profileAt, redeemed } from './token-call.js'

/** Amazon's profile is all that there is; no names are appended to its address. */
export const amazon: SocialKind = {
  async claims(redemption) {
    const tokens = await redeemed(redemption)
    const { attributes_url = '' } = redemption.provider.details
    return { tokens, idToken: {}, profile: await profileAt(redemption, attributes_url, tokens.access_token) }
  },
}
