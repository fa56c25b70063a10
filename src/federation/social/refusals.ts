import type { Claims } from '../../core/attribute-mapping.js'
import type { IdentityProvider } from '../../core/identity-provider.js'
import { refusal } from '../../core/refusal.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'

/** Why a sign-in through a social provider is refused, in Cognito's words (docs/facts/saml-and-social.md §7.5). */

type Named = Pick<IdentityProvider, 'name'>

/** Facebook's words are recorded: description first, then what else it sends (fact S33). */
export const cancelled = refusal('invalid_request', ({ name }: Named, answer: Parameters) => {
  const { error = '', error_description: description, error_code: code, error_reason: reason } = answer
  const parts = [
    description,
    `error=${error}`,
    code === undefined ? undefined : `error_code=${code}`,
    reason === undefined ? undefined : `error_reason=${reason}`,
  ].filter(part => part !== undefined)
  return {
    told: parts.join('; '),
    because: `${name} refused the sign-in: ${error}${description === undefined ? '' : ` (${description})`}.`,
    remedy: `The user cancelled at ${name}, or ${name} does not let the account use the app: sign in again with another.`,
  }
})

/** Google's refusals show the code of the error, those of the others the status (fact S35). */
export const tokenRefused = refusal(
  'invalid_request',
  ({ name, type, details }: IdentityProvider, status: number, body: Claims | undefined) => {
    const error = typeof body?.error === 'string' ? body.error : JSON.stringify(body?.error ?? '')
    return {
      told:
        type === 'Google' && typeof body?.error === 'string'
          ? `Google Error - ${status} ${error}`
          : `${name} Error - ${status} error getting token`,
      because: `The token endpoint of ${name} answered ${status}: ${error.slice(0, 300)}.`,
      remedy: `Compare ${type === 'SignInWithApple' ? 'team_id, key_id, private_key' : 'client_secret'} and client_id of ${name} with what ${name} knows as "${details.client_id}".`,
    }
  },
)

export const keyUnreadable = refusal('invalid_request', ({ name }: Named) => ({
  told: `${name} Error - 400 error getting token`,
  because: `private_key of ${name} is no private key of the form PKCS #8, so that no client secret could be signed.`,
  remedy: `Set private_key of ${name} to the content of the .p8 file that Apple gave out, with or without its first and last line.`,
}))
