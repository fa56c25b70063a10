import { text } from './intrinsics.js'
import type { Messages } from './messages.js'
import { regionOr } from './options.js'
import { variablesResolved } from './serverless-variables.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, type Source } from './source.js'
import type { StackInput, World } from './stack.js'

/**
 * A `serverless.yml` as the framework would package it, as far as user pools are concerned: its own variables are
 * resolved, functions and `cognitoUserPool` events become resources, and `resources` is merged with them.
 */
export function serverlessStack(about: StackInput, { options, messages }: World): StackInput {
  const { source } = about
  const service = variablesResolved(source, options, messages)
  const provider = mapIn(service, 'provider')
  const stage = options.stage ?? text(provider.stage ?? 'dev')
  const name = options.stackName ?? `${text(service.service ?? '')}-${stage}`
  const functions = entriesOf(service.functions)
  const context: Context = { provider, prefix: name, resources: {}, source, messages }
  for (const [id, definition] of functions) if (isJsonMap(definition)) addFunction(context, id, definition)
  for (const given of [service.resources].flat()) {
    for (const [id, resource] of entriesOf(isJsonMap(given) ? given.Resources : undefined)) {
      context.resources[id] = mergedResource(context.resources[id], resource, source)
    }
  }
  reportNamesakes(context)
  const outputs = Object.assign(
    {},
    ...[service.resources].flat().map(given => mapIn(isJsonMap(given) ? given : {}, 'Outputs')),
  )
  return {
    ...about,
    name,
    region: regionOr(options, provider.region === undefined ? undefined : text(provider.region)),
    source: { ...source, value: { Resources: context.resources, Outputs: outputs } },
  }
}

interface Context {
  readonly provider: JsonMap
  readonly prefix: string
  readonly resources: { [id: string]: Json }
  readonly source: Source
  readonly messages: Messages
}

const mapIn = (map: JsonMap, name: string): JsonMap => {
  const found = map[name]
  return isJsonMap(found) ? found : {}
}

function addFunction(context: Context, id: string, definition: JsonMap): void {
  const { provider, prefix, resources } = context
  const logicalId = id
  resources[logicalId] = {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: definition.name ?? `${prefix}-${id}`,
      Handler: definition.handler ?? '',
      Runtime: definition.runtime ?? provider.runtime ?? '',
      Code: '.',
      Environment: { Variables: { ...mapIn(provider, 'environment'), ...mapIn(definition, 'environment') } },
    },
  }
  for (const event of [definition.events ?? []].flat()) {
    const given = isJsonMap(event) ? event.cognitoUserPool : undefined
    if (isJsonMap(given)) addEvent(context, id, given)
  }
}

/** Triggers whose configuration is a function and a version. */
const versioned: Readonly<Record<string, string>> = {
  CustomSMSSender: 'CustomSMSSender',
  CustomEmailSender: 'CustomEmailSender',
}

function addEvent({ resources, source, messages }: Context, id: string, event: JsonMap): void {
  const pool = text(event.pool ?? '')
  const trigger = text(event.trigger ?? '')
  if (text(event.existing ?? false) === 'true') {
    messages.warn({
      file: source.file,
      path: `${id}.cognitoUserPool`,
      text: `The function ${id} becomes the trigger ${trigger} of the pool ${pool}, which exists already (existing: true) and is not made here.`,
      remedy: 'Import that pool from where it is made.',
    })
    return
  }
  const logicalId = `CognitoUserPool${normalised(pool)}`
  const known = resources[logicalId]
  const properties = isJsonMap(known) ? mapIn(known, 'Properties') : {}
  const arn = { 'Fn::GetAtt': [id, 'Arn'] }
  const version = event.lambdaVersion ?? (versioned[trigger] === undefined ? undefined : 'V1_0')
  const member =
    trigger === 'PreTokenGeneration' && version !== undefined ? 'PreTokenGenerationConfig' : trigger
  resources[logicalId] = {
    Type: 'AWS::Cognito::UserPool',
    Properties: {
      ...properties,
      UserPoolName: pool,
      LambdaConfig: {
        ...mapIn(properties, 'LambdaConfig'),
        [member]: version === undefined ? arn : { LambdaArn: arn, LambdaVersion: version },
        ...(event.kmsKeyId === undefined ? {} : { KMSKeyID: event.kmsKeyId }),
      },
    },
  }
  resources[`${id}LambdaPermission${logicalId}${trigger}`] = {
    Type: 'AWS::Lambda::Permission',
    Properties: { FunctionName: arn, Principal: 'cognito-idp.amazonaws.com' },
  }
}

/** As the framework makes logical ids: letters and digits, the first one large. */
const normalised = (name: string): string => {
  const kept = name.replaceAll(/[^a-zA-Z0-9]/g, '')
  return kept.charAt(0).toUpperCase() + kept.slice(1)
}

function mergedResource(known: Json | undefined, own: Json, source: Source): Json {
  if (!isJsonMap(known) || !isJsonMap(own)) return own
  const properties = mapIn(own, 'Properties')
  const before = mapIn(known, 'Properties')
  const config = { ...mapIn(before, 'LambdaConfig'), ...mapIn(properties, 'LambdaConfig') }
  return {
    ...known,
    ...own,
    Properties: source.inPlaceOf(properties, { ...before, ...properties, LambdaConfig: config }),
  }
}

/** Two pools, one made by events and one by hand under an id that the stage changed: a fault of the file. */
function reportNamesakes({ resources, source, messages }: Context): void {
  const pools = Object.entries(resources).filter(
    ([, one]) => isJsonMap(one) && one.Type === 'AWS::Cognito::UserPool',
  )
  const nameless = pools.filter(
    ([id, one]) =>
      id.startsWith('CognitoUserPool') && mapIn(one as JsonMap, 'Properties').UserPoolName === undefined,
  )
  for (const [id] of nameless) {
    messages.warn({
      file: source.file,
      path: id,
      text: `${id} is meant to be merged with the pool that the events make, but no event makes a pool of that logical id: there are two pools.`,
      remedy: 'Give the resource the id CognitoUserPool and the name of the pool as it is at this stage.',
    })
  }
}
