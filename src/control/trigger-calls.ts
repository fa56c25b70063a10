import type { GivenEvent, TriggerName, TriggerReport } from '../core/ports/triggers.js'
import { allowedScopes } from '../core/scopes.js'
import { signsInByAttribute } from '../flows/administration/create-user.js'
import { clientsOf, groupsOf, userBySub, userNamed } from '../flows/directory/directory.js'
import { type SampleSubject, sampleCall, sampleUser, triggerSources } from '../flows/sample-call.js'
import type { Service } from '../flows/service.js'
import { apiScope } from '../flows/sign-in/api-tokens.js'
import { clientNamed, existingUser, poolNamed } from './named.js'
import { inWords, Unmet, unknown } from './unmet.js'

/** Which trigger to call, and with what event. */
export interface ToInvoke {
  readonly pool?: string | undefined
  readonly client?: string | undefined
  /** As `PreSignUp`. */
  readonly trigger: string
  /** As `PreSignUp_AdminCreateUser`; the usual one of the trigger unless said otherwise. */
  readonly source?: string | undefined
  /** A user of the pool, or the name of one who does not exist yet; a sample unless said otherwise. */
  readonly user?: string | undefined
  /** What the event shall have in the place of the sample; of its request, member by member. */
  readonly event?: unknown
}

const names = Object.keys(triggerSources) as readonly TriggerName[]

/** Triggers whose users need not exist. */
const strangersToo: ReadonlySet<TriggerName> = new Set(['PreSignUp', 'UserMigration', 'InboundFederation'])

/**
 * Prepares a call of a pool's trigger, as it might come.
 * @returns what makes the call, which works on no state itself: the function may want to change it
 * @throws Unmet where something that is named does not exist
 */
export async function preparedCall(
  service: Service,
  { trigger, source: asked, event: given, ...whose }: ToInvoke,
): Promise<() => Promise<TriggerReport>> {
  const name = names.find(one => one === trigger)
  if (name === undefined) throw unknown('trigger', trigger, names)
  const pool = await poolNamed(service, whose.pool)
  const sources: readonly string[] = triggerSources[name]
  const source = asked === undefined ? sources[0] : sources.find(one => one === asked)
  if (source === undefined) throw unknown(`source of ${name}`, asked ?? '', sources)
  const isGiven = isEvent(given)
  if (!isGiven)
    throw new Unmet('The event has to be an object, and so has its request: as Lambda would be given it.')
  if (!service.triggers.has(name, pool))
    throw new Unmet(
      `${pool.name} has no trigger ${name}. It has: ${inWords(names.filter(one => service.triggers.has(one, pool)))}. Name a function in the seed: Triggers: { ${name}: ./file.mjs#handler }.`,
      404,
    )
  const subject = await subjectOf(service, pool, name, { ...whose, source })
  const call = sampleCall(service, pool, name, subject)
  return async () => {
    const report = await service.triggers.invoke(name, pool, call, given)
    if (report === undefined) throw new Unmet(`${pool.name} has no trigger ${name} any more.`, 404)
    return report
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isEvent = (value: unknown): value is GivenEvent | undefined =>
  value === undefined || (isObject(value) && (value.request === undefined || isObject(value.request)))

async function subjectOf(
  service: Service,
  pool: Awaited<ReturnType<typeof poolNamed>>,
  name: TriggerName,
  { user: named, client: wanted, source }: Pick<ToInvoke, 'user' | 'client'> & { readonly source: string },
): Promise<SampleSubject> {
  const [first] = await clientsOf(service, pool)
  const client = wanted === undefined ? first : await clientNamed(service, pool, wanted)
  const known =
    named === undefined
      ? undefined
      : strangersToo.has(name)
        ? ((await userNamed(service, pool, named)) ?? (await userBySub(service, pool, named)))
        : await existingUser(service, pool, named)
  const user = known?.record ?? sampleUser(service, pool, named)
  const isByOAuth = /HostedAuth|ClientCredentials/.test(source) && client !== undefined
  return {
    source,
    // A pool whose users sign in by address makes their usernames; a migration gets what the user has typed.
    user:
      known === undefined && name !== 'UserMigration' && signsInByAttribute(pool)
        ? { ...user, username: user.sub }
        : user,
    groups: known === undefined ? [] : await groupsOf(service, pool, user.sub),
    scopes: isByOAuth ? allowedScopes(client) : [apiScope],
    clientId: source.endsWith('AdminCreateUser') ? undefined : client?.id,
  }
}
