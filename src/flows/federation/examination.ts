import type { Addresses } from '../../core/addresses.js'
import { providerDiscoveries } from '../../core/collections.js'
import type { DiscoveryAnswer } from '../../core/discovery-answer.js'
import { type IdentityProvider, type KeptMetadata, oidcEndpoints } from '../../core/identity-provider.js'
import type { MovableClock } from '../../core/movable-clock.js'
import { keyOf } from '../../core/ports/store.js'
import { Refusal } from '../../core/refusal.js'
import { clientDiagnoses } from '../../core/rules/doctor/clients.js'
import type { Diagnosis, Patient, Severity } from '../../core/rules/doctor/diagnosis.js'
import { mappingDiagnoses } from '../../core/rules/doctor/mappings.js'
import { providerDiagnoses } from '../../core/rules/doctor/providers.js'
import { metadataDiagnoses, quirkDiagnoses, samlAndSocialDiagnoses } from '../../core/rules/doctor/saml.js'
import {
  awsNamesOf,
  clockDiagnoses,
  discoveryDiagnoses,
  type NameAnswer,
  nameDiagnoses,
} from '../../core/rules/doctor/surroundings.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Service } from '../service.js'
import { builtInBehind } from './upstream-people.js'

/** How the doctor asks what no configuration says. */
export interface Instruments {
  readonly clock: MovableClock
  /** Asks an issuer for its discovery document. */
  discover(issuer: string): Promise<DiscoveryAnswer>
  /** Reads what a SAML provider publishes of itself; nothing is kept. @throws Refusal where it is of no use */
  lookAtMetadata(provider: IdentityProvider): Promise<KeptMetadata>
  /** The built-in providers. */
  readonly upstreams: () => readonly UpstreamProvider[]
  /** Asks where a host name leads. */
  lookUp(name: string): Promise<NameAnswer>
}

/** What the configurations alone say will go wrong. Nothing is asked. */
const configurationDiagnoses = (patients: readonly Patient[], addresses: Addresses): Diagnosis[] =>
  inOrder(
    patients.flatMap(patient => [
      ...clientDiagnoses(patient),
      ...mappingDiagnoses(patient),
      ...providerDiagnoses(patient, patients, addresses),
      ...samlAndSocialDiagnoses(patient),
    ]),
  )

/** Warnings that a log gets at the start; there are more for those who ask the doctor. */
const loggedAtStart = 5

/** What the log says at the start: what the configurations alone tell, hints apart, a line each. */
export function doctorsWarnings(patients: readonly Patient[], addresses: Addresses): string[] {
  const grave = configurationDiagnoses(patients, addresses).filter(({ severity }) => severity !== 'hint')
  const lines = grave.map(({ pool, because, remedy }) => `${pool}: ${because} ${remedy}`)
  const more = lines.length - loggedAtStart
  return more <= 0
    ? lines
    : [...lines.slice(0, loggedAtStart), `There is more of this kind (${more}): rockpool doctor tells all.`]
}

/**
 * Everything that will go wrong, the worst first: what the configurations say, what providers answer, where names lead,
 * and what the clock shows. Providers are asked at once, each within the bounds that a sign-in has.
 * @param patients of all pools
 * @param pool only what concerns this one, and Rockpool as a whole
 */
export async function examine(
  service: Pick<Service, 'store'> & Addresses,
  { clock, discover, lookAtMetadata, upstreams, lookUp }: Instruments,
  { patients, pool }: { readonly patients: readonly Patient[]; readonly pool?: UserPool | undefined },
): Promise<Diagnosis[]> {
  const examined = patients.filter(patient => pool === undefined || patient.pool.id === pool.id)
  const answers = examined.flatMap(patient => [
    ...patient.providers.flatMap(provider => {
      const issuer = provider.details.oidc_issuer
      if (provider.type !== 'OIDC' || issuer === undefined) return []
      return [
        Promise.all([discover(issuer), isByHand(service, provider)]).then(([answer, byHand]) => [
          ...discoveryDiagnoses(patient.pool, provider, { answer, isByHand: byHand }),
        ]),
      ]
    }),
    ...patient.providers
      .filter(({ type }) => type === 'SAML')
      .map(provider => metadataExamined(patient.pool, provider, { clock, lookAtMetadata })),
    ...patient.providers.map(async provider => [
      ...quirkDiagnoses(patient.pool, provider, builtInBehind(service, provider, upstreams())),
    ]),
    ...awsNamesOf(service, patient.pool).map(async name => [
      ...nameDiagnoses(patient.pool, name, await lookUp(name)),
    ]),
  ])
  const configured = configurationDiagnoses(patients, service)
  const names = new Set(examined.map(patient => patient.pool.name))
  return inOrder([
    ...configured.filter(one => one.pool !== undefined && names.has(one.pool)),
    ...(await Promise.all(answers)).flat(),
    ...clockDiagnoses(clock.state, clock.aheadSeconds),
  ])
}

async function metadataExamined(
  pool: UserPool,
  provider: IdentityProvider,
  { clock, lookAtMetadata }: Pick<Instruments, 'clock' | 'lookAtMetadata'>,
): Promise<Diagnosis[]> {
  try {
    return [...metadataDiagnoses(pool, provider, await lookAtMetadata(provider), clock.now())]
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const { because, remedy } = error.explanation
    const detail = provider.details.MetadataURL ? 'MetadataURL' : 'MetadataFile'
    const path = ['IdentityProviders', provider.name, 'ProviderDetails', detail]
    return [{ rule: 'metadata-unusable', severity: 'error', pool: pool.name, path, because, remedy }]
  }
}

/** Whether somebody wrote down the provider's endpoints, as opposed to discovery. */
async function isByHand({ store }: Pick<Service, 'store'>, provider: Patient['providers'][number]) {
  const discovered = await store.get(providerDiscoveries, keyOf(provider.poolId, provider.name))
  return discovered === undefined && oidcEndpoints.every(name => provider.details[name])
}

const ranks: Record<Severity, number> = { error: 0, warning: 1, hint: 2 }

const inOrder = (diagnoses: readonly Diagnosis[]): Diagnosis[] =>
  diagnoses.toSorted((one, other) => ranks[one.severity] - ranks[other.severity])

/** Whether somebody has to do something: a hint needs nothing. */
export const isUnwell = (diagnoses: readonly Diagnosis[]): boolean =>
  diagnoses.some(({ severity }) => severity !== 'hint')
