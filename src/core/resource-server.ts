import { keyOf } from './ports/store.js'

/** An API that an app may ask access to, with the scopes it knows. */
export interface ResourceServer {
  readonly poolId: string
  readonly identifier: string
  readonly name: string
  readonly scopes: readonly { readonly ScopeName: string; readonly ScopeDescription: string }[]
}

export const resourceServerKey = (poolId: string, identifier: string): string => keyOf(poolId, identifier)

/** The scopes of a resource server as a client asks for them: `identifier/scope`. */
export const customScopes = ({ identifier, scopes }: ResourceServer): string[] =>
  scopes.map(({ ScopeName }) => `${identifier}/${ScopeName}`)
