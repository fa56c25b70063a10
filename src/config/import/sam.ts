import { text } from './intrinsics.js'
import type { Messages } from './messages.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, type Source } from './source.js'

/** Whether a template asks for the SAM transform. */
export const isSam = (value: Json): boolean =>
  isJsonMap(value) && [value.Transform].flat().some(name => name === 'AWS::Serverless-2016-10-31')

/**
 * A SAM template as CloudFormation sees it after the transform, as far as user pools are concerned: functions, layers,
 * and the events by which a pool calls a function.
 */
export function expandSam(source: Source, messages: Messages): Source {
  const template = source.value
  if (!isJsonMap(template) || !isJsonMap(template.Resources)) return source
  const globals =
    isJsonMap(template.Globals) && isJsonMap(template.Globals.Function) ? template.Globals.Function : {}
  const resources: { [id: string]: Json } = {}
  for (const [id, resource] of Object.entries(template.Resources)) {
    Object.assign(resources, isJsonMap(resource) ? expanded(id, resource, globals) : { [id]: resource })
  }
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (isJsonMap(resource) && resource.Type === 'AWS::Serverless::Function')
      attachEvents({ id, resource, resources, source, messages })
  }
  const kept = source.inPlaceOf(template.Resources, resources)
  return { ...source, value: { ...template, Resources: kept } }
}

function expanded(id: string, resource: JsonMap, globals: JsonMap): { [id: string]: Json } {
  const properties = isJsonMap(resource.Properties) ? resource.Properties : {}
  switch (resource.Type) {
    case 'AWS::Serverless::Function':
      return {
        [id]: {
          ...resource,
          Type: 'AWS::Lambda::Function',
          Properties: functionOf(merged(globals, properties)),
        },
      }
    case 'AWS::Serverless::LayerVersion': {
      const { ContentUri = '', ...rest } = properties
      return {
        [id]: {
          ...resource,
          Type: 'AWS::Lambda::LayerVersion',
          Properties: { ...rest, Content: ContentUri },
        },
      }
    }
    case 'AWS::Serverless::Application': {
      const { Location = '', Parameters = {} } = properties
      return {
        [id]: {
          ...resource,
          Type: 'AWS::CloudFormation::Stack',
          Properties: { TemplateURL: Location, Parameters },
        },
      }
    }
    default:
      return { [id]: resource }
  }
}

/** Globals and a function's own: maps merge, lists are joined, anything else of the function's own wins. */
function merged(globals: JsonMap, own: JsonMap): JsonMap {
  const result: { [name: string]: Json } = { ...globals }
  for (const [name, value] of Object.entries(own)) {
    const known = result[name]
    result[name] =
      isJsonMap(known) && isJsonMap(value)
        ? merged(known, value)
        : Array.isArray(known) && Array.isArray(value)
          ? [...known, ...value]
          : value
  }
  return result
}

function functionOf({ CodeUri, InlineCode, Events: _events, ...rest }: JsonMap): JsonMap {
  const code =
    InlineCode !== undefined
      ? { Code: { ZipFile: InlineCode } }
      : typeof CodeUri === 'string'
        ? { Code: CodeUri }
        : isJsonMap(CodeUri)
          ? { Code: { S3Bucket: CodeUri.Bucket ?? '', S3Key: CodeUri.Key ?? '' } }
          : {}
  return { ...rest, ...code }
}

interface Attaching {
  readonly id: string
  readonly resource: JsonMap
  readonly resources: { [id: string]: Json }
  readonly source: Source
  readonly messages: Messages
}

/** `Type: Cognito` events set members of the pool's LambdaConfig, and permit the call. */
function attachEvents({ id, resource, resources, source, messages }: Attaching): void {
  const properties = isJsonMap(resource.Properties) ? resource.Properties : {}
  for (const [name, event] of entriesOf(properties.Events)) {
    if (!isJsonMap(event) || event.Type !== 'Cognito' || !isJsonMap(event.Properties)) continue
    const { UserPool, Trigger = [] } = event.Properties
    const poolId = isJsonMap(UserPool) ? text(UserPool.Ref ?? '') : ''
    const pool = resources[poolId]
    const line = source.lineOf(properties.Events, name)
    const place = { file: source.file, ...(line === undefined ? {} : { line }), path: `${id}.Events.${name}` }
    if (!isJsonMap(pool)) {
      messages.fail({
        ...place,
        text: 'Cognito events must reference a Cognito UserPool in the same template.',
        remedy: 'Write UserPool: !Ref and the logical id of the pool.',
      })
      continue
    }
    const poolProperties = isJsonMap(pool.Properties) ? pool.Properties : {}
    const config: { [trigger: string]: Json } = {
      ...(isJsonMap(poolProperties.LambdaConfig) ? poolProperties.LambdaConfig : {}),
    }
    for (const trigger of [Trigger].flat().map(item => text(item as Json))) {
      if (config[trigger] !== undefined) {
        messages.fail({
          ...place,
          text: `Cognito trigger "${trigger}" defined multiple times.`,
          remedy: 'A trigger calls one function: leave the others out.',
        })
      }
      config[trigger] = { 'Fn::GetAtt': [id, 'Arn'] }
    }
    resources[poolId] = {
      ...pool,
      Properties: source.inPlaceOf(poolProperties, { ...poolProperties, LambdaConfig: config }),
    }
    resources[`${id}CognitoPermission`] = {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: { Ref: id }, Principal: 'cognito-idp.amazonaws.com' },
    }
  }
}
