import type { RelyingPartyClient } from './client.js'
import type { SignIn } from './sign-in.js'

/** What the relying party remembers of one browser. */
export interface BrowserSession {
  /** By id, the one begun last at the end. */
  readonly signIns: Map<string, SignIn>
  /** The client that was signed out of last, until the browser has been told. */
  farewell?: RelyingPartyClient
}

export interface Browsers {
  /** What is known of a browser; undefined when it has not signed in. */
  find(id: string): BrowserSession | undefined
  /** The same, remembered from now on. The browser not seen for longest is forgotten for it. */
  open(id: string): BrowserSession
}

/** Sign-ins that a browser may have at a time. */
const signInsPerBrowser = 12

/** Sessions of the relying party, in memory: they are worth nothing after a restart. */
export function rememberBrowsers(limit = 200): Browsers {
  const sessions = new Map<string, BrowserSession>()

  function touch(id: string, session: BrowserSession): BrowserSession {
    sessions.delete(id)
    sessions.set(id, session)
    return session
  }

  return {
    find(id) {
      const session = sessions.get(id)
      return session && touch(id, session)
    },
    open(id) {
      const session = touch(id, sessions.get(id) ?? { signIns: new Map() })
      dropOldest(sessions, limit)
      return session
    },
  }
}

/** Adds a sign-in; the oldest of the browser makes room. */
export function addSignIn({ signIns }: BrowserSession, signIn: SignIn): void {
  signIns.set(signIn.id, signIn)
  dropOldest(signIns, signInsPerBrowser)
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return
    map.delete(key)
  }
}
