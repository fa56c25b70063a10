import { refusal } from '../../core/refusal.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'

/** Why a built-in social provider refuses something. */

export const otherKind = refusal('not_found', ({ name, kind }: UpstreamProvider, wanted: string) => ({
  told: 'There is no such identity provider.',
  because: `The built-in provider ${name} is of the kind "${kind}", and this is an address of the kind "${wanted}".`,
  remedy: `Use the addresses of ${kind}, or set Kind of ${name} to "${wanted}".`,
}))

export const postedFromElsewhere = refusal('invalid_request', () => ({
  told: 'The form was sent by a page of another site.',
  because:
    'The browser says that a page of another site has sent the form: it could sign you in as somebody else.',
  remedy: 'Begin at the app, and pick a user on the page of the identity provider.',
}))

export const requestIncomplete = refusal('invalid_request', ({ name }: UpstreamProvider) => ({
  told: 'Error 400: invalid_request',
  because: `The request that came to ${name} lacks client_id, or a redirect_uri that is a web address.`,
  remedy: 'Begin at the app, which sends both.',
}))

export const clientUnknown = refusal(
  'invalid_request',
  ({ name }: UpstreamProvider, clientId: string, redirectUri: string) => ({
    told: 'Error 400: redirect_uri_mismatch',
    because: `${name} has no client "${clientId}" with the callback ${redirectUri}.`,
    remedy: `Add both to Clients of ${name} in the seed (RedirectUris), or leave Clients out: then any client may ask.`,
  }),
)
