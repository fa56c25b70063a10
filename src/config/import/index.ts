/**
 * Pools from infrastructure code: CloudFormation, SAM, the CDK, Amplify, the Serverless Framework, Terraform and OpenTofu,
 * Pulumi. What comes out is a seed in the API's own words. An input that cannot be resolved is refused as a whole, with
 * everything that is missing and how to give it.
 */
import { basename, dirname, join } from 'node:path'
import { amplifyAuths } from './amplify-gen1.js'
import { hashIn, stacksOfAssembly } from './cdk.js'
import { importedPools } from './cognito.js'
import { type Files, filesOfThisMachine } from './files.js'
import { evaluate, noValue, text, Unresolved } from './intrinsics.js'
import { collectMessages, ImportError, type ImportMessage } from './messages.js'
import { defaultAccount, type ImportOptions, regionOr } from './options.js'
import { withOwnAddresses } from './own-addresses.js'
import type { ImportedPool } from './pool.js'
import { recognise } from './recognise.js'
import { property } from './return-values.js'
import { expandSam } from './sam.js'
import { serverlessStack } from './serverless.js'
import { ensureSoundPools } from './soundness.js'
import { isJsonMap, type Json, type JsonMap, readSource, type Source } from './source.js'
import { openStack, type Resource, type Stack, type StackInput, type World } from './stack.js'
import { readState } from './terraform/index.js'

export type { ImportMessage } from './messages.js'
export { ImportError, sentenceOf } from './messages.js'
export type { ImportOptions } from './options.js'
export type { ImportedPool } from './pool.js'

/** What an import makes. */
export interface Imported {
  /** What a seed file would hold. References stand for addresses that are known at the start only. */
  readonly seed: { readonly UserPools: readonly JsonMap[] }
  readonly pools: readonly ImportedPool[]
  /** The outputs of the stacks by name; those of an assembly begin with the stack's name and a dot. */
  readonly outputs: Readonly<Record<string, Json>>
  /** How many resources are none of Cognito's, and were passed over. */
  readonly passedOver: number
  /** What a person should know; no errors. */
  readonly warnings: readonly ImportMessage[]
}

/**
 * Imports the pools of one or several inputs, which may name each other's exports.
 * @param paths templates, `cdk.out` folders, or JSON that Terraform or Pulumi wrote
 * @throws ImportError with everything that keeps it from working; then nothing is imported
 */
export function importInfrastructure(
  paths: readonly string[],
  options: ImportOptions = {},
  files: Files = filesOfThisMachine,
): Imported {
  const messages = collectMessages()
  const world: World = {
    options,
    messages,
    stacks: [],
    open: resource => nestedStack(resource, world, files),
  }
  const states = paths.flatMap(path => readInput(path, world, files))
  // Values that a template does not allow would be told again wherever they are used.
  throwErrors(messages.all)
  const roots = [...world.stacks]
  openNested(world)
  const read = states.map(source => readState(source, options, messages))
  const pools = [...importedPools(world), ...read.flatMap(({ pools }) => pools)]
  const outputs = outputsOf(roots)
  if (pools.length === 0 && messages.all.every(({ level }) => level === 'warning')) {
    messages.fail({
      file: paths.join(', '),
      path: '',
      text: 'There is no user pool in it.',
      remedy: 'Name the template that has a resource AWS::Cognito::UserPool or aws_cognito_user_pool.',
    })
  }
  throwErrors(messages.all)
  const seed = { UserPools: pools.map(({ seed }) => withOwnAddresses(seed, pools) as JsonMap) }
  ensureSoundPools(seed, pools, messages)
  throwErrors(messages.all)
  const stateOutputs = Object.assign({}, ...read.map(({ outputs: own }) => own)) as JsonMap
  return {
    seed,
    pools,
    passedOver: passedOver(world, read),
    outputs: withOwnAddresses({ ...outputs, ...stateOutputs }, pools) as JsonMap,
    warnings: messages.all,
  }
}

/** Resources that no pool is made of. */
const passedOver = ({ stacks }: World, states: readonly { readonly others: number }[]): number =>
  stacks.flatMap(stack => stack.resources()).filter(({ type }) => !type.startsWith('AWS::Cognito::UserPool'))
    .length + states.reduce((sum, { others }) => sum + others, 0)

function throwErrors(messages: readonly ImportMessage[]): void {
  if (messages.some(({ level }) => level === 'error')) throw new ImportError(messages)
}

/** Opens the stacks of an input; what is no stack is answered, to be read by its own rules. */
function readInput(path: string, world: World, files: Files): Source[] {
  const { options, messages } = world
  if (files.isFolder(path) && !files.exists(join(path, 'manifest.json'))) {
    openAmplify(path, world, files)
    return []
  }
  if (files.isFolder(path)) {
    for (const stack of stacksOfAssembly(files, path, options, messages)) openStack(stack, world)
    return []
  }
  const source = readSource(files.text(path), path, messages)
  if (messages.all.some(({ level, file }) => level === 'error' && file === path)) return []
  const kind = recognise(source.value)
  const about = stackOf(path, source, options)
  switch (kind) {
    case 'cloudformation':
      openStack(about, world)
      return []
    case 'sam':
      openStack({ ...about, source: expandSam(source, messages) }, world)
      return []
    case 'serverless':
      openStack(serverlessStack(about, world), world)
      return []
    case 'terraform':
    case 'terraform state':
    case 'pulumi':
      return [source]
    default:
      messages.fail({ file: path, path: '', ...unknownInput(kind, path) })
      return []
  }
}

/** The first generation of Amplify: a project, or the folder of one resource. */
function openAmplify(path: string, world: World, files: Files): void {
  const { options, messages } = world
  const found = amplifyAuths(files, path, options, messages)
  for (const { source, folder, name, parameters } of found)
    openStack(
      {
        source,
        folder,
        name: options.stackName ?? name,
        region: regionOr(options),
        account: defaultAccount,
        parameters,
      },
      world,
    )
  if (found.length === 0)
    messages.fail({
      file: path,
      path: '',
      text: 'This folder is neither a CDK assembly nor an Amplify project.',
      remedy:
        'Name a folder with a manifest.json (cdk.out), one with amplify/backend/auth, or the template itself.',
    })
}

function stackOf(path: string, source: Source, options: ImportOptions): StackInput {
  return {
    source,
    folder: dirname(path),
    name:
      options.stackName ??
      basename(path)
        .replace(/\.\w+$/, '')
        .replaceAll(/[^a-zA-Z0-9-]/g, '-'),
    region: regionOr(options),
    account: defaultAccount,
  }
}

function unknownInput(
  kind: 'seed' | 'encrypted state' | undefined,
  path: string,
): { text: string; remedy: string } {
  if (kind === 'seed') return { text: 'This is a seed.', remedy: `Give it as --seed ${path}.` }
  if (kind === 'encrypted state')
    return { text: 'This state is encrypted.', remedy: 'Give what `tofu show -json` prints.' }
  if (/\.(tf|hcl)$/.test(path))
    return {
      text: 'Terraform files are not read.',
      remedy: 'Give what `terraform show -json` prints of a state or a plan.',
    }
  return {
    text: 'What this is cannot be told from its content.',
    remedy:
      'Give a CloudFormation or SAM template, a cdk.out folder, a serverless.yml, or what `terraform show -json` or `pulumi stack export` prints.',
  }
}

/** The stack of a nested template: a path beside the parent, or an asset of the assembly. */
function nestedStack(resource: Resource, world: World, files: Files): Stack | undefined {
  const { stack, metadata, properties } = resource
  const named = templateNamed(resource, metadata['aws:asset:path'])
  const path = named && join(stack.folder, named)
  if (path === undefined || !files.exists(path)) {
    world.messages.warn({
      file: stack.source.file,
      path: `${resource.id}.TemplateURL`,
      text: `The nested template of ${resource.id} is not at hand, so nothing of it is imported.`,
      remedy: 'Import the template by its path.',
    })
    return undefined
  }
  const given = isJsonMap(properties.Parameters) ? Object.keys(properties.Parameters) : []
  const parameters = Object.fromEntries(given.map(name => [name, () => parameterOf(resource, name)]))
  const source = readSource(files.text(path), path, world.messages)
  return openStack(
    {
      ...stack,
      source: recognise(source.value) === 'sam' ? expandSam(source, world.messages) : source,
      folder: stack.assets === undefined ? dirname(path) : stack.folder,
      name: `${stack.name}-${resource.id}`,
      parameters,
    },
    world,
  )
}

function parameterOf(resource: Resource, name: string): Json {
  const all = isJsonMap(resource.properties.Parameters) ? resource.properties.Parameters : {}
  const value = evaluate(all[name] ?? null, resource.stack.scope)
  return value === noValue ? null : value
}

function templateNamed(resource: Resource, asset: Json | undefined): string | undefined {
  if (typeof asset === 'string') return asset
  try {
    const url = text(property(resource, 'TemplateURL') ?? '')
    return resource.stack.assets?.get(hashIn(url)) ?? (/^https?:/.test(url) ? undefined : url)
  } catch (error) {
    if (error instanceof Unresolved) return undefined
    throw error
  }
}

/** Opens all nested stacks, and theirs, so that what they hold is imported. */
function openNested(world: World): void {
  for (let index = 0; index < world.stacks.length; index++) {
    const stack = world.stacks[index]
    for (const { type, id } of stack?.resources() ?? [])
      if (type === 'AWS::CloudFormation::Stack') stack?.nested(id)
  }
}

/** What the stacks put out. An output that has no value here is left out: nothing depends on it. */
function outputsOf(roots: readonly Stack[]): Record<string, Json> {
  const isOne = roots.length === 1
  return Object.fromEntries(
    roots.flatMap(stack =>
      stack.outputs().flatMap(({ name, value }): [string, Json][] => {
        try {
          return [[isOne ? name : `${stack.name}.${name}`, value()]]
        } catch (error) {
          if (error instanceof Unresolved) return []
          throw error
        }
      }),
    ),
  )
}
