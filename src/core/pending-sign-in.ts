/** What a type of providers keeps of a sign-in for the return: texts by name. Their meaning is the type's own. */
export type Remembered = { readonly [name: string]: string }

/** A sign-in that has left for another provider and is awaited back. */
export interface PendingSignIn {
  readonly poolId: string
  readonly provider: string
  /** The app's request as it came: it is validated anew at the return. */
  readonly parameters: Readonly<Record<string, string | undefined>>
  /** The fingerprint of the secret of the browser that left. */
  readonly browser: string
  /** The address of the domain that the browser was at, without a slash at the end: its cookies are there. */
  readonly at?: string
  /** What the provider posted, while the browser fetches it with its cookies (see `src/federation/return-routes.ts`). */
  readonly answer?: Readonly<Record<string, string | undefined>>
  /** What the provider's type wants to have again. */
  readonly remembered: Remembered
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

/** A sign-out that has left for the provider that vouched for the user. */
export interface PendingSignOut {
  readonly poolId: string
  readonly provider: string
  /** Where the browser goes when it is back: checked before it left. */
  readonly next: string
}
