import { refusal } from '../core/refusal.js'
import { appPath } from './client.js'
import type { Problem } from './sign-in.js'

/** What the relying party itself refuses. */

export const forgedForm = refusal('forged_form', (why: string) => ({
  told: 'This page has expired. Open the app again and repeat what you did.',
  because: `The form was not sent from a page of the built-in app in this browser: ${why}.`,
  remedy: `Open ${appPath} and use its own buttons, with cookies allowed.`,
}))

export const unknownClient = refusal('unknown_client', (clientId: string) => ({
  told: 'The built-in app cannot be this app client.',
  because: `No client "${clientId}" of a user pool with a domain signs people in by the code flow.`,
  remedy: `Choose one that ${appPath} lists.`,
}))

export const callbackNotRegistered = refusal(
  'callback_not_registered',
  (client: string, callback: string) => ({
    told: `The app client "${client}" does not allow the built-in app.`,
    because: `The CallbackURLs of "${client}" do not contain "${callback}".`,
    remedy: `Add "${callback}" to its CallbackURLs.`,
  }),
)

/** @param problem the error that came with the answer: it says more than the state that is missing */
export const unknownState = refusal('unknown_state', (state: string | undefined, problem?: Problem) => ({
  told:
    problem === undefined
      ? state === undefined
        ? 'The pool sent no state, so the app cannot tell which sign-in this answers.'
        : 'This answer belongs to no sign-in that was begun in this browser.'
      : `The pool refused: ${[problem.error, problem.description].filter(Boolean).join(', ')}`,
  because:
    state === undefined
      ? 'The callback was called without the parameter state.'
      : 'The state at the callback is none that the built-in app has sent from this browser: it is forged, from another browser, or from before a restart or reset.',
  remedy: `Begin at ${appPath} and finish in the same browser, under the same host name: cookies for "localhost" are not sent to "127.0.0.1".`,
}))

export const unknownSignIn = refusal('unknown_sign_in', () => ({
  told: 'The app has forgotten this sign-in.',
  because:
    'The form names a sign-in that this browser does not have: it was signed out of, made room for newer ones, or ended with a restart or reset.',
  remedy: `Sign in again at ${appPath}.`,
}))

export const notSignedIn = refusal('not_signed_in', () => ({
  told: 'There is nothing to refresh: this sign-in has no refresh token.',
  because:
    'A refresh was asked for of a sign-in whose code has not been exchanged, or which got no refresh token.',
  remedy:
    'Exchange the code on the page of the sign-in first, with a client that has ALLOW_REFRESH_TOKEN_AUTH or OAuth.',
}))

export const nothingToExchange = refusal('nothing_to_exchange', () => ({
  told: 'There is no code to exchange: the pool has not sent one yet.',
  because: 'The exchange was asked for of a sign-in that has not come back with a code.',
  remedy: `Finish the sign-in at the pool, whose pages lead back here, or begin a new one at ${appPath}.`,
}))
