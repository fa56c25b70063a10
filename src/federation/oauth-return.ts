import { idpResponsePath } from '../core/addresses.js'
import type { ReturnAddress } from '../flows/federation/provider-type.js'

const told = { missing: 'Invalid State', invalid: 'Invalid State' }

/** Where providers that speak OAuth 2.0 send the browser back to, with the answer in the query. */
export const oauthReturn: ReturnAddress = {
  path: idpResponsePath,
  method: 'GET',
  stateParameter: 'state',
  told,
}

/** The same address, for a provider that posts its answer (`response_mode=form_post`). */
export const oauthFormReturn: ReturnAddress = { ...oauthReturn, method: 'POST' }
