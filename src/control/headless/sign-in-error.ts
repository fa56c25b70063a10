import { Unmet } from '../unmet.js'

/** A sign-in that did not reach the app. The message is whole sentences, with what the page or the provider said. */
export class SignInError extends Unmet {
  override readonly name = 'SignInError'
}
