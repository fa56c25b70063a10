import { Refusal } from '../../core/refusal.js'
import type { Service } from '../../flows/service.js'

/**
 * What a step of a page comes to, or why it was refused: a mistake is shown on the page it was made on
 * (docs/facts/oauth-and-federation.md §10.2).
 */
export async function orRefusal<T>(step: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await step()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** The same for a step of the user, whose refusal the operator reads, too. */
export async function orRecordedRefusal<T>(
  { recorder }: Pick<Service, 'recorder'>,
  step: () => Promise<T>,
): Promise<T | Refusal> {
  const outcome = await orRefusal(step)
  if (outcome instanceof Refusal) recorder.refused(outcome)
  return outcome
}
