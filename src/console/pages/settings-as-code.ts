import { updateUserPool } from '../../core/shapes/user-pools.js'
import type { PoolSettings, UserPool } from '../../core/user-pool.js'
import { untracked } from '../../core/user-session.js'
import { poolResource, type Resource } from '../../export/resources.js'
import { mfaConfigurationOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import type { Visit } from '../page.js'
import { asCode } from './as-code.js'
import { answered, askedLevels, askedRegistration, askedTracking, type Change } from './settings-asked.js'

/** The pool and its sessions as code, with what is typed where a form asks for that. */
export async function inCode(visit: Visit, pool: UserPool, isTyped: boolean): Promise<Html> {
  const id = answered(visit)
  const heading = isTyped ? 'What is typed, as code' : undefined
  const tracking =
    isTyped && id === 'sessions'
      ? askedTracking(visit)
      : { isOn: (pool.sessions ?? untracked).isOn, maxPerUser: (pool.sessions ?? untracked).maxPerUser }
  const change = isTyped && id !== 'sessions' ? changeOf(visit, id) : {}
  const changed = Object.entries({ ...pool.settings, ...change }).filter(([, value]) => value !== undefined)
  const present = {
    ...pool,
    settings: Object.fromEntries(changed) as PoolSettings,
  }
  const mfa = await mfaConfigurationOf(visit.console.service, pool)
  const ofPool = asCode(visit, poolAsCode(present, mfa), pool, {
    ...(heading === undefined || id === 'sessions' ? {} : { heading }),
    id: 'pool-as-code',
  })
  const ofSessions = asCode(visit, sessionsAsCode(pool, tracking), pool, {
    heading: id === 'sessions' && heading !== undefined ? heading : 'Sessions as code',
  })
  return html`${ofSessions}${ofPool}`
}

const changeOf = (visit: Visit, id: string | undefined): Change =>
  id === 'levels' ? askedLevels(visit) : askedRegistration(visit)

const sessionsAsCode = (
  pool: UserPool,
  { isOn, maxPerUser }: { readonly isOn: boolean; readonly maxPerUser: number },
): Resource => ({
  operation: 'SetUserPoolSessionConfiguration',
  name: pool.name,
  input: {
    UserSessionTracking: isOn ? 'ENABLED' : 'DISABLED',
    TokenSession: { MaxPerUser: maxPerUser },
  },
})

/** UpdateUserPool returns settings that it does not get to their defaults: it gets them all. */
function poolAsCode(pool: UserPool, mfa: Parameters<typeof poolResource>[0]['mfa']): Resource {
  const resource = poolResource({ pool, mfa })
  const changeable = Object.entries(resource.input).filter(([name]) =>
    Object.hasOwn(updateUserPool.members, name),
  )
  return {
    ...resource,
    update: { operation: 'UpdateUserPool', input: Object.fromEntries(changeable) },
  }
}
