import type { FastifyReply } from 'fastify'
import { isRecoveredByAdministrators } from '../../core/recovery.js'
import { ensure, Refusal, refusal } from '../../core/refusal.js'
import { beginWithFactor, firstFactorsAtPages } from '../../flows/sign-in/first-factor-at-pages.js'
import { signInWithPassword } from '../../flows/sign-in/sign-in.js'
import {
  addressOf,
  fieldsOf,
  formAt,
  goTo,
  inSignIn,
  type PageRoute,
  passwordScripts,
  type Step,
  showPage,
} from '../step.js'
import { factorPage } from '../views/factor-page.js'
import type { Mistake } from '../views/parts.js'
import { passwordPage } from '../views/password-page.js'
import { afterRefusedSignIn } from './after-refused-sign-in.js'
import { mistakeOf } from './form.js'
import { goOn } from './go-on.js'
import { journeyOf } from './journey.js'
import { orRecordedRefusal, orRefusal } from './or-refusal.js'
import { tellNextPage, toldByLastPage } from './page-data.js'

/** Managed login where users choose how they sign in: the user name first, then a factor (docs/facts/hosted-pages.md §5). */

/** Goes on from the user name: to the only factor, or to the choice. */
export async function takeUsername(step: Step, username: string): Promise<FastifyReply | Refusal> {
  const { service, asked } = step
  const factors = await orRecordedRefusal(service, () => firstFactorsAtPages(service, asked, username))
  if (factors instanceof Refusal) return factors
  tellNextPage(step, { username })
  const [only, ...others] = factors
  if (others.length > 0) return goTo(step, '/selectFactor')
  return only === undefined || only === 'PASSWORD'
    ? goTo(step, '/verifyPassword')
    : takeFactor(step, username, only)
}

async function takeFactor(
  step: Step,
  username: string,
  factor: string | undefined,
): Promise<FastifyReply | Refusal> {
  const { service, hosted, asked } = step
  if (factor === 'PASSWORD') return goTo(step, '/verifyPassword')
  const { pool } = hosted
  const { client } = asked
  const journey = await journeyOf(step)
  const outcome = await orRecordedRefusal(service, async () => {
    const factors = await firstFactorsAtPages(service, asked, username)
    const chosen = factors.find(each => each === factor)
    ensure(chosen !== undefined && chosen !== 'PASSWORD', () => noSuchFactor(username, factors))
    return beginWithFactor(service, { pool, client, journey }, username, chosen)
  })
  return outcome instanceof Refusal ? outcome : goOn(step, outcome)
}

const noSuchFactor = refusal('InvalidParameterException', (username: string, factors: readonly string[]) => ({
  told: 'Login option is not available. Please try another one',
  because: `${username} can begin with ${factors.join(' or ')} only.`,
  remedy: 'Choose one of the ways that the page offers.',
}))

/** The choice of a factor. Cognito does not document the page's address. */
export const selectFactor: PageRoute<Step> = {
  path: '/selectFactor',
  arrive: inSignIn,
  get(step) {
    const { username } = toldByLastPage(step)
    return username === undefined ? goTo(step, '/login') : showFactors(step, username)
  },
  async post(step) {
    const { username = toldByLastPage(step).username ?? '', factor } = fieldsOf(step)
    tellNextPage(step, { username })
    const outcome = await takeFactor(step, username, factor)
    return outcome instanceof Refusal ? showFactors(step, username, [mistakeOf(outcome)]) : outcome
  },
}

async function showFactors(
  step: Step,
  username: string,
  mistakes: readonly Mistake[] = [],
): Promise<FastifyReply> {
  const { service, asked, words } = step
  const factors = await orRefusal(() => firstFactorsAtPages(service, asked, username))
  if (factors instanceof Refusal) return goTo(step, '/login')
  const view = {
    ...formAt(step, '/selectFactor'),
    username,
    factors,
    mistakes,
    signIn: addressOf(step, '/login'),
  }
  return showPage(step, factorPage(view, words))
}

/** `/verifyPassword`: the password of the user who was named on the page before. */
export const verifyPassword: PageRoute<Step> = {
  path: '/verifyPassword',
  arrive: inSignIn,
  get(step) {
    const { username } = toldByLastPage(step)
    return username === undefined ? goTo(step, '/login') : showPassword(step, username)
  },
  async post(step) {
    const { service, hosted, asked } = step
    const { username = toldByLastPage(step).username ?? '', password = '' } = fieldsOf(step)
    const journey = await journeyOf(step)
    const outcome = await orRecordedRefusal(service, () =>
      signInWithPassword(
        service,
        { pool: hosted.pool, client: asked.client, journey },
        { username, password },
        {},
      ),
    )
    if (!(outcome instanceof Refusal)) return goOn(step, outcome)
    return (
      (await afterRefusedSignIn(step, username, outcome)) ??
      showPassword(step, username, [mistakeOf(outcome)])
    )
  },
}

function showPassword(step: Step, username: string, mistakes: readonly Mistake[] = []): FastifyReply {
  const view = {
    ...formAt(step, '/verifyPassword'),
    scripts: passwordScripts,
    username,
    mistakes,
    forgotPassword: !isRecoveredByAdministrators(step.hosted.pool)
      ? addressOf(step, '/forgotPassword')
      : undefined,
    signIn: addressOf(step, '/login'),
  }
  return showPage(step, passwordPage(view, step.words))
}
