import { derivedClientId, derivedPoolId, derivedSecret } from '../derived.js'
import type { Messages } from '../messages.js'
import { type ImportOptions, regionOr } from '../options.js'
import { entriesOf, isJsonMap, type Json, type JsonMap } from '../source.js'
import { apiMembers } from './arguments.js'
import { type Referred, referredBy } from './references.js'
import { type TfResource, tfResources } from './resources.js'

/** What an input holds, and how its parts find each other. */
export interface Tf {
  readonly file: string
  readonly resources: readonly TfResource[]
  readonly isPlan: boolean
  readonly messages: Messages
  readonly options: ImportOptions
  referred(resource: TfResource, argument: string): Referred[]
  idOf(pool: TfResource): string
  clientIdOf(client: TfResource): string
  secretOf(client: TfResource): string | undefined
}

export function tfOf(input: JsonMap, file: string, options: ImportOptions, messages: Messages): Tf {
  const resources = tfResources(input)
  const configuration = isJsonMap(input.configuration) ? input.configuration : {}
  const region = regionOr(options, regionOf(configuration, resources))
  return {
    file,
    resources,
    isPlan: input.planned_values !== undefined,
    messages,
    options,
    referred: (resource, argument) => referredBy(configuration, resources, resource, argument),
    idOf: ({ values, address }) => textOf(values.id) ?? derivedPoolId(region, 'terraform', address),
    clientIdOf: ({ values, address }) => textOf(values.id) ?? derivedClientId('terraform', address),
    secretOf: ({ values, address }) =>
      textOf(values.client_secret) ??
      (values.generate_secret === true ? derivedSecret('terraform', address) : undefined),
  }
}

export const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined

/** The region of the provider's block, else of an ARN. */
function regionOf(configuration: JsonMap, resources: readonly TfResource[]): string | undefined {
  const providers = entriesOf(configuration.provider_config).map(([, provider]) => provider)
  for (const provider of providers) {
    const expressions = isJsonMap(provider) && isJsonMap(provider.expressions) ? provider.expressions : {}
    const { region } = expressions
    if (isJsonMap(region) && typeof region.constant_value === 'string') return region.constant_value
  }
  const arns = resources.map(({ values }) => textOf(values.arn)?.split(':')[3])
  return arns.find(region => region !== undefined && region !== '')
}

/** The pool that a resource belongs to: by its id, by what the plan refers to, or the only one there is. */
export function poolOf(tf: Tf, resource: TfResource): TfResource | undefined {
  const pools = tf.resources.filter(({ type, isData }) => type === 'aws_cognito_user_pool' && !isData)
  const id = textOf(resource.values.user_pool_id)
  if (id !== undefined) return pools.find(pool => tf.idOf(pool) === id)
  const [referred] = tf.referred(resource, 'user_pool_id')
  if (referred !== undefined) return referred.resource
  const inModule = pools.filter(({ module }) => module === resource.module)
  const candidates = inModule.length > 0 ? inModule : pools
  if (candidates.length === 1) return candidates[0]
  tf.messages.fail({
    file: tf.file,
    path: `${resource.address}.user_pool_id`,
    text: `The plan does not tell which pool ${resource.address} belongs to.`,
    remedy: `Give --set '${resource.address}.user_pool_id=…', or import a state instead of a plan.`,
  })
  return undefined
}

/** The members of an API input, but the pool's id, that the arguments of a resource stand for. */
export function members(tf: Tf, { values }: TfResource, shape: Parameters<typeof apiMembers>[1]): JsonMap {
  const { UserPoolId: _pool, ...rest } = apiMembers(values, shape, tf.isPlan)
  return rest
}
