import type { AppSessions } from '../flows/app-sessions.js'
import type { RelyingPartyClient } from './client.js'
import type { SignIn } from './sign-in.js'

/** What the relying party remembers of one browser. */
export interface BrowserSession {
  /** The one begun last at the end. */
  readonly signIns: readonly SignIn[]
  /** The client that was signed out of last, until the browser has been told. */
  readonly farewell?: RelyingPartyClient
}

/** Kept in the store, so that each request may go to another process. */
export interface Browsers {
  /** What is known of a browser; undefined when it has not signed in. */
  find(id: string): Promise<BrowserSession | undefined>
  change(id: string, how: (known: BrowserSession) => BrowserSession): Promise<void>
}

/** Sign-ins that a browser may have at a time. */
const signInsPerBrowser = 12

const nothing: BrowserSession = { signIns: [] }

export const browsersIn = (sessions: AppSessions): Browsers => ({
  find: async id => (await sessions.find(id)) as BrowserSession | undefined,
  change: (id, how) => sessions.change(id, known => how((known as BrowserSession | undefined) ?? nothing)),
})

export const signInOf = (known: BrowserSession | undefined, id: string | undefined): SignIn | undefined =>
  known?.signIns.find(signIn => signIn.id === id)

/** Adds a sign-in; the oldest of the browser makes room. */
export const withSignIn = ({ signIns, ...others }: BrowserSession, signIn: SignIn): BrowserSession => ({
  ...others,
  signIns: [...signIns, signIn].slice(-signInsPerBrowser),
})

/** Changes one sign-in, if the browser still has it. */
export const withChanged = (
  { signIns, ...others }: BrowserSession,
  id: string,
  how: (signIn: SignIn) => SignIn,
): BrowserSession => ({
  ...others,
  signIns: signIns.map(signIn => (signIn.id === id ? how(signIn) : signIn)),
})
