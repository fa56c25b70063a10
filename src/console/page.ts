import type { FastifyReply } from 'fastify'
import { pools } from '../core/collections.js'
import type { Stored } from '../core/ports/store.js'
import { ensure, type Refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'
import type { Parameters } from '../flows/authorization/authorization-request.js'
import { poolById } from '../flows/directory/directory.js'
import type { Html } from '../lib/html.js'
import type { Console } from './console.js'
import { unknownPool } from './console-refusals.js'
import type { PoolTab, Section } from './frame/navigation.js'

/**
 * How a page of the console is declared: `show` answers GET with a view, `act` takes a form and then leads on. The frame
 * around both (layout, CSRF, flash messages, refusals) is in `index.ts` and `frame/`.
 */

/** One request of a browser at the console. */
export interface Visit {
  readonly console: Console
  /** The parts of the path that have a name. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Parameters
  /** Of a form, its fields that are not empty; of a field that comes more than once, the first. */
  readonly form: Parameters
  /** All values of a field of the form, such as those of check boxes. */
  readonly all: (field: string) => readonly string[]
  /** What every form on the page has to bring back: `<form>` is built by `form()` of `frame/forms.ts`, which does. */
  readonly csrf: string
}

/** A page, without the frame around it. */
export interface View {
  readonly title: string
  /** A sentence below the title. */
  readonly lead?: Html | string
  /** The entry of the navigation that is marked as the current one. */
  readonly section: Section
  /** The pool that the page is about: it shows the pool's tabs. */
  readonly pool?: UserPool
  readonly tab?: PoolTab
  /** The pages above this one; the console's home is not named. */
  readonly trail?: readonly Crumb[]
  readonly body: Html
  /** What can be done with what the page shows, beside its title. */
  readonly actions?: Html
  /** The HTTP status; 200 unless said otherwise. */
  readonly status?: number
}

export interface Crumb {
  readonly label: string
  readonly href: string
}

/** Leads the browser on after a form was taken: to an address of the console, with a message for the page there. */
export interface Onward {
  readonly goTo: string
  readonly said?: string
}

/** Answers with something that is no page of the console, such as a file. */
export interface Sent {
  readonly send: (reply: FastifyReply) => FastifyReply
}

export type Outcome = View | Onward | Sent

/** An address of the console. */
export interface Step {
  readonly method: 'GET' | 'POST'
  /** Below `/_rockpool`, with parameters as `:name`. */
  readonly path: string
  readonly take: (visit: Visit) => Promise<Outcome> | Outcome
  /** Shows the form again with what was typed, and the refusal; without it the refusal gets a page of its own. */
  readonly again?: (visit: Visit, refusal: Refusal) => Promise<View> | View
  /** It replaces the state as a whole (`FastifyContextConfig.outside`). */
  readonly outside?: true
}

/** Declares a page. */
export const show = (path: string, take: (visit: Visit) => Promise<View | Sent> | View | Sent): Step => ({
  method: 'GET',
  path,
  take,
})

/** Declares what a form does. It is called only for forms that one of our own pages sent. */
export const act = (
  path: string,
  take: (visit: Visit) => Promise<Outcome> | Outcome,
  more: Pick<Step, 'again' | 'outside'> = {},
): Step => ({ method: 'POST', path, take, ...more })

/**
 * The pool that the path names as `:pool`.
 * @throws Refusal when there is none
 */
export async function poolOf({ console: { service }, params }: Visit): Promise<UserPool> {
  const id = params.pool ?? ''
  const pool = await poolById(service, id)
  ensure(pool, () => unknownPool(id))
  return pool
}

/** The same as it is stored, for what changes it. */
export async function storedPoolOf({ console: { service }, params }: Visit): Promise<Stored<UserPool>> {
  const id = params.pool ?? ''
  const stored = await service.store.get(pools, id)
  ensure(stored, () => unknownPool(id))
  return stored
}
