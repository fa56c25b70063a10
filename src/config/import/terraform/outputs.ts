import { entriesOf, isJsonMap, type Json, type JsonMap } from '../source.js'
import { referredBy } from './references.js'
import type { Tf } from './tf.js'

/** Outputs with a value; in a plan, those that are a pool's id. */
export function outputsOf(input: JsonMap, tf: Tf): JsonMap {
  const values = isJsonMap(input.values) ? input.values : {}
  const given = isJsonMap(values.outputs) ? values.outputs : isJsonMap(input.outputs) ? input.outputs : {}
  const known = Object.entries(given).flatMap(([name, output]): [string, Json][] =>
    isJsonMap(output) && output.value !== undefined && output.sensitive !== true
      ? [[name, output.value]]
      : [],
  )
  return { ...Object.fromEntries(known), ...plannedOutputs(input, tf) }
}

function plannedOutputs(input: JsonMap, tf: Tf): JsonMap {
  const configuration = isJsonMap(input.configuration) ? input.configuration : {}
  const root = isJsonMap(configuration.root_module) ? configuration.root_module : {}
  const probe = { module: '', type: '', name: '', address: '', isData: false, values: {}, unknown: {} }
  return Object.fromEntries(
    entriesOf(root.outputs).flatMap(([name, output]): [string, Json][] => {
      const expression = isJsonMap(output) ? (output.expression ?? {}) : {}
      const asArgument = {
        ...configuration,
        root_module: { ...root, resources: [{ type: '', name: '', expressions: { value: expression } }] },
      }
      const [referred] = referredBy(asArgument, tf.resources, probe, 'value')
      if (referred?.attribute !== 'id') return []
      if (referred.resource.type === 'aws_cognito_user_pool') return [[name, tf.idOf(referred.resource)]]
      return referred.resource.type === 'aws_cognito_user_pool_client'
        ? [[name, tf.clientIdOf(referred.resource)]]
        : []
    }),
  )
}
