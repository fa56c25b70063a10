import type { Method } from '../../core/assurance.js'
import type { Journey } from '../../core/challenge-session.js'

/** A sign-in in which the user has proven themselves by one method more (docs/facts/additions-2026.md §3.1). */
export const withMethod = <S extends { readonly journey: Journey }>(signIn: S, method: Method): S => ({
  ...signIn,
  journey: { ...signIn.journey, methods: [...new Set([...(signIn.journey.methods ?? []), method])] },
})
