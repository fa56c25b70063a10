import { acrNames, defaultAcr, levels } from '../../core/assurance.js'
import { setUserPoolSessionConfiguration } from '../../core/shapes/sessions.js'
import { createUserPool } from '../../core/shapes/user-pools.js'
import type { PoolSettings, UserPool } from '../../core/user-pool.js'
import { type Mistakes, misshapen } from '../frame/mistakes.js'
import { numberOf } from '../input.js'
import type { Visit } from '../page.js'

/** What the forms of a pool's settings ask for, read from what was sent. */

/** Settings that a form sets; `undefined` takes one away. */
export interface Change {
  readonly AcrConfiguration?: PoolSettings['AcrConfiguration'] | undefined
  readonly DcrConfiguration?: PoolSettings['DcrConfiguration'] | undefined
}

/** Which form a page answers; undefined for a page that is opened. */
export const answered = ({ form: { about } }: Visit): string | undefined => about

const { MaxPerUser } = setUserPoolSessionConfiguration.members.TokenSession.required.members

export const askedTracking = ({ form: of }: Visit) => ({
  isOn: of.tracking !== undefined,
  maxPerUser: numberOf(MaxPerUser.required, 'Sessions of one user', of.MaxPerUser),
})

export function askedLevels({ form: of }: Visit): Change {
  const named = levels.flatMap(level => {
    const AcrValue = of[`Level${level}`]?.trim()
    return AcrValue === undefined || AcrValue === '' || AcrValue === defaultAcr(level)
      ? []
      : [[`Level${level}`, { AcrValue }] as const]
  })
  return { AcrConfiguration: of.told === undefined ? undefined : Object.fromEntries(named) }
}

export function askedRegistration({ form: of, all }: Visit): Change {
  const flows = (name: string) => [...all(name)] as ('code' | 'client_credentials')[]
  return {
    DcrConfiguration: {
      EnableStatus: of.enabled === undefined ? 'Disabled' : 'Enabled',
      OpenDcrEnabled: of.open !== undefined,
      AuthenticatedGrantTypes: flows('AuthenticatedGrantTypes'),
      OpenDcrGrantTypes: flows('OpenDcrGrantTypes'),
      AllowedScopes: [...all('AllowedScopes')],
    },
  }
}

const { AcrValue } = createUserPool.members.AcrConfiguration.value.members

export const mistakesIn = ({ AcrConfiguration = {} }: Change): Mistakes =>
  Object.assign(
    {},
    ...Object.entries(AcrConfiguration).map(([level, named]) =>
      misshapen(level, AcrValue.required, named?.AcrValue),
    ),
  )

/** A name that was typed without a tick at the box that it needs: it would be lost. */
export function untickedName({ form: of }: Visit, pool: UserPool): Mistakes {
  const names = acrNames(pool.settings)
  const typed = levels.find(level => {
    const name = of[`Level${level}`]?.trim()
    return name !== undefined && name !== names[`Level${level}`] && name !== defaultAcr(level)
  })
  return of.told !== undefined || typed === undefined
    ? {}
    : { [`Level${typed}`]: 'A name of your own needs the tick at the box above.' }
}
