import type { Addresses } from '../core/addresses.js'
import type { Evidence } from '../core/evidence.js'
import type { Ports } from '../core/ports/ports.js'
import type { SigningKeys } from '../tokens/signing-keys.js'

/**
 * What happens in user pools, whichever surface asks: finding (`directory`), writing (`administration`), the user's account,
 * sign-ins, their end (`authorization`), and sign-ins through other providers (`federation`). Flows refuse in the domain's phrases
 * and know nothing of HTTP.
 */

/** What every flow and every surface has at hand. */
export interface Service extends Ports, Addresses {
  readonly keys: SigningKeys
  /** The public base URL, without a slash at the end. It is known once the server listens. */
  readonly base: string
  /** What the request under way tells of the person behind it; undefined outside one. */
  readonly evidence?: () => Evidence | undefined
}
