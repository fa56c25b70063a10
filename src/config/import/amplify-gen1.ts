import { basename, dirname, join, resolve } from 'node:path'
import type { Files } from './files.js'
import { text } from './intrinsics.js'
import type { Messages } from './messages.js'
import type { ImportOptions } from './options.js'
import { entriesOf, isJsonMap, type Json, type JsonMap, readSource, type Source } from './source.js'

/**
 * The first generation of Amplify: `amplify/backend/auth/<name>` holds a template and the values of its parameters. Domain,
 * providers and second factors are set by functions that the template brings along, not by resources: those are put in
 * their place.
 */

/** A template with the values that Amplify would give its parameters. */
export interface AmplifyAuth {
  readonly source: Source
  readonly folder: string
  readonly name: string
  readonly parameters: Readonly<Record<string, () => Json>>
}

/** The templates below a folder: that of one resource, or all of a project; none where this is no Amplify project. */
export function amplifyAuths(
  files: Files,
  folder: string,
  options: ImportOptions,
  messages: Messages,
): AmplifyAuth[] {
  const own = templateIn(files, folder)
  if (own !== undefined) return [readAuth(files, { folder, template: own }, options, messages)]
  const parents = [
    join(folder, 'amplify', 'backend', 'auth'),
    join(folder, 'backend', 'auth'),
    join(folder, 'auth'),
    folder,
  ]
  return parents
    .flatMap(parent => files.folders(parent).map(name => join(parent, name)))
    .flatMap(each => {
      const template = templateIn(files, each)
      return template === undefined ? [] : [readAuth(files, { folder: each, template }, options, messages)]
    })
}

function templateIn(files: Files, folder: string): string | undefined {
  const names = [`${basename(folder)}-cloudformation-template`, 'template']
  return ['build', '']
    .flatMap(place =>
      names.flatMap(name => ['.json', '.yml', '.yaml'].map(end => join(folder, place, `${name}${end}`))),
    )
    .find(path => files.exists(path))
}

function readAuth(
  files: Files,
  { folder, template }: { readonly folder: string; readonly template: string },
  options: ImportOptions,
  messages: Messages,
): AmplifyAuth {
  const source = readSource(files.text(template), template, messages)
  const given = readParameters(files, dirname(template), folder, messages)
  const env = options.parameters?.env ?? environmentName(files, folder, messages)
  const values: JsonMap = { env, ...given, ...options.parameters }
  const functions = functionsOf(files, source, folder)
  const declared =
    isJsonMap(source.value) && isJsonMap(source.value.Parameters) ? Object.keys(source.value.Parameters) : []
  const parameters = declared.flatMap((name): [string, () => Json][] => {
    const value = values[name] ?? functionValue(name)
    return value === undefined || isJsonMap(value) ? [] : [[name, () => value]]
  })
  return {
    source: expanded(source, values, functions),
    folder,
    name: basename(folder),
    parameters: Object.fromEntries(parameters),
  }
}

function readParameters(files: Files, beside: string, folder: string, messages: Messages): JsonMap {
  const path = [join(beside, 'parameters.json'), join(folder, 'parameters.json')].find(each =>
    files.exists(each),
  )
  const value = path === undefined ? {} : readSource(files.text(path), path, messages).value
  return isJsonMap(value) ? value : {}
}

/** The environment that is checked out; `NONE` in a project without environments. */
function environmentName(files: Files, folder: string, messages: Messages): string {
  const path = resolve(folder, '..', '..', '..', '.config', 'local-env-info.json')
  const value = files.exists(path) ? readSource(files.text(path), path, messages).value : {}
  return isJsonMap(value) && typeof value.envName === 'string' ? value.envName : 'NONE'
}

/** `functionshopPreSignupArn`: what the stack of a function would hand over. */
const functionParameter = /^function(.+)(Arn|Name)$/

function functionValue(parameter: string): Json | undefined {
  const [, name, what] = functionParameter.exec(parameter) ?? []
  return what === 'Arn' ? `arn:aws:lambda:us-east-1:000000000000:function:${name}` : name
}

/** The functions of triggers, with their code where the project has it. */
function functionsOf(files: Files, { value }: Source, folder: string): Readonly<Record<string, Json>> {
  const parameters = isJsonMap(value) && isJsonMap(value.Parameters) ? Object.keys(value.Parameters) : []
  const names = new Set(parameters.flatMap(each => functionParameter.exec(each)?.[1] ?? []))
  return Object.fromEntries(
    [...names].flatMap((name): [string, Json][] => {
      const code = resolve(folder, '..', '..', 'function', name, 'src')
      const arn = `arn:aws:lambda:us-east-1:000000000000:function:${name}`
      return files.isFolder(code)
        ? [
            [
              name,
              {
                Type: 'AWS::Lambda::Function',
                Properties: {
                  FunctionName: name,
                  Handler: 'index.handler',
                  Runtime: 'nodejs20.x',
                  Code: code,
                },
              },
            ],
            [
              `${name}Permission`,
              {
                Type: 'AWS::Lambda::Permission',
                Properties: { FunctionName: arn, Principal: 'cognito-idp.amazonaws.com' },
              },
            ],
          ]
        : []
    }),
  )
}

/** Resources in the place of what Amplify's own functions do. */
function expanded(source: Source, values: JsonMap, functions: Readonly<Record<string, Json>>): Source {
  const template = source.value
  if (!isJsonMap(template) || !isJsonMap(template.Resources)) return source
  const resources: { [id: string]: Json } = { ...template.Resources, ...functions }
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (!isJsonMap(resource) || resource.Type !== 'Custom::LambdaCallout' || !isJsonMap(resource.Properties))
      continue
    const { Condition, Properties } = resource
    const when = Condition === undefined ? {} : { Condition }
    const { userPoolId = { Ref: 'UserPool' } } = Properties
    if (Properties.hostedUIDomainName !== undefined)
      resources[id] = {
        ...when,
        Type: 'AWS::Cognito::UserPoolDomain',
        Properties: { UserPoolId: userPoolId, Domain: Properties.hostedUIDomainName },
      }
    if (Properties.hostedUIProviderMeta !== undefined) {
      delete resources[id]
      Object.assign(resources, providersOf(Properties, userPoolId, values, when))
    }
    if (Properties.mfaConfiguration !== undefined)
      setFactors(resources, { ...Properties, totpEnabled: referred(Properties.totpEnabled, values) ?? false })
  }
  return { ...source, value: { ...template, Resources: source.inPlaceOf(template.Resources, resources) } }
}

/** The value of a property that refers to a parameter, or is a text itself. */
function referred(property: Json | undefined, values: JsonMap): Json | undefined {
  return isJsonMap(property) && typeof property.Ref === 'string' ? values[property.Ref] : property
}

/** Providers are listed as JSON, their credentials apart from them: those are in no file. */
function providersOf(
  properties: JsonMap,
  userPoolId: Json,
  values: JsonMap,
  when: JsonMap,
): Record<string, Json> {
  const list = (property: Json | undefined): JsonMap[] => {
    const given = referred(property, values)
    const parsed = typeof given === 'string' && given.trim() !== '' ? (JSON.parse(given) as Json) : given
    return Array.isArray(parsed) ? parsed.filter(isJsonMap) : []
  }
  const credentials = list(properties.hostedUIProviderCreds)
  return Object.fromEntries(
    list(properties.hostedUIProviderMeta).map((meta): [string, Json] => {
      const name = text(meta.ProviderName ?? '')
      const known = credentials.find(one => one.ProviderName === name) ?? {}
      const asked =
        name === 'SignInWithApple'
          ? ['client_id', 'team_id', 'key_id', 'private_key']
          : ['client_id', 'client_secret']
      const details = asked.map(member => [member, known[member] ?? { Ref: `${name}.${member}` }])
      return [
        `Provider${name}`,
        {
          ...when,
          Type: 'AWS::Cognito::UserPoolIdentityProvider',
          Properties: {
            UserPoolId: userPoolId,
            ProviderName: name,
            ProviderType: name,
            ProviderDetails: {
              ...Object.fromEntries(details),
              authorize_scopes: meta.authorize_scopes ?? '',
            },
            AttributeMapping: meta.AttributeMapping ?? {},
          },
        },
      ]
    }),
  )
}

/** Second factors, as the pool itself has them in other templates. */
function setFactors(
  resources: { [id: string]: Json },
  { mfaConfiguration, totpEnabled, smsConfigCaller }: JsonMap,
): void {
  for (const [id, resource] of entriesOf(resources)) {
    if (!isJsonMap(resource) || resource.Type !== 'AWS::Cognito::UserPool') continue
    const properties = isJsonMap(resource.Properties) ? resource.Properties : {}
    const enabled = [
      ...(totpEnabled === undefined || text(totpEnabled) === 'false' ? [] : ['SOFTWARE_TOKEN_MFA']),
      ...(smsConfigCaller === undefined ? [] : ['SMS_MFA']),
    ]
    resources[id] = {
      ...resource,
      Properties: { ...properties, MfaConfiguration: mfaConfiguration ?? 'OFF', EnabledMfas: enabled },
    }
  }
}
