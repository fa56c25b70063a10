import { Refusal } from '../../core/refusal.js'
import { withFragment, withQuery } from '../../lib/url.js'

/** Where an app waits for the outcome of a sign-in. It has been checked against what the client registered. */
export interface Callback {
  readonly redirectUri: string
  /** The app's `state`: it comes back unchanged, whatever the outcome. */
  readonly state?: string
  /** Whether the outcome travels in the fragment, as the implicit grant has it (fact O39). */
  readonly inFragment: boolean
}

/** A refusal that is sent to the app's callback. Any other refusal of a hosted page stays on the page. */
export class RefusedAtCallback extends Refusal {
  readonly callback: Callback

  constructor({ code, told, explanation }: Refusal, callback: Callback) {
    super(code, told, explanation)
    this.callback = callback
  }
}

/** The URL that brings an outcome to the app; the members of `outcome` come first, `state` last. */
export function callbackUrl(callback: Callback, outcome: Record<string, string | undefined>): string {
  const parameters = { ...outcome, state: callback.state }
  return callback.inFragment
    ? withFragment(callback.redirectUri, parameters)
    : withQuery(callback.redirectUri, parameters)
}

/** The URL that brings a refusal to the app, in the order real ones show (docs/facts/oauth-and-federation.md §3.4). */
export const refusalUrl = ({ callback, code, told }: RefusedAtCallback): string =>
  (callback.inFragment ? withFragment : withQuery)(callback.redirectUri, {
    error_description: told === '' ? undefined : told,
    state: callback.state,
    error: code,
  })

/** Runs a step whose refusals the app is to be told. */
export async function answeringTo<T>(callback: Callback, step: () => Promise<T> | T): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw error instanceof Refusal && !(error instanceof RefusedAtCallback)
      ? new RefusedAtCallback(error, callback)
      : error
  }
}
