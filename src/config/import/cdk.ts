import { basename, join } from 'node:path'
import type { Files } from './files.js'
import { text } from './intrinsics.js'
import type { Messages } from './messages.js'
import { defaultAccount, type ImportOptions, regionOr } from './options.js'
import { entriesOf, isJsonMap, type JsonMap, readSource } from './source.js'
import type { StackInput } from './stack.js'

/**
 * The stacks of a CDK assembly (`cdk.out`, and Amplify's `.amplify/artifacts/cdk.out`), those of nested assemblies
 * included, in the order of its manifest.
 */
export function stacksOfAssembly(
  files: Files,
  folder: string,
  options: ImportOptions,
  messages: Messages,
): StackInput[] {
  const file = join(folder, 'manifest.json')
  const manifest = readSource(files.text(file), file, messages).value
  const artifacts = isJsonMap(manifest) ? entriesOf(manifest.artifacts) : []
  const assets = assetsOf(
    files,
    folder,
    artifacts.map(([, artifact]) => artifact),
    messages,
  )
  return artifacts.flatMap(([id, artifact]): StackInput[] => {
    if (!isJsonMap(artifact)) return []
    const properties = isJsonMap(artifact.properties) ? artifact.properties : {}
    if (artifact.type === 'cdk:cloud-assembly') {
      return stacksOfAssembly(files, join(folder, text(properties.directoryName ?? '')), options, messages)
    }
    if (artifact.type !== 'aws:cloudformation:stack') return []
    const template = join(folder, text(properties.templateFile ?? `${id}.template.json`))
    return [
      {
        source: readSource(files.text(template), template, messages),
        folder,
        name: options.stackName ?? text(properties.stackName ?? id),
        ...environmentOf(text(artifact.environment ?? ''), options),
        assets,
      },
    ]
  })
}

/** `aws://account/region`, either of which may be unknown. */
function environmentOf(environment: string, options: ImportOptions): { region: string; account: string } {
  const [account = '', region = ''] = environment.replace(/^aws:\/\//, '').split('/')
  return {
    region: regionOr(options, region === '' || region.startsWith('unknown') ? undefined : region),
    account: account === '' || account.startsWith('unknown') ? defaultAccount : account,
  }
}

/** Files and folders of all asset manifests by hash, relative to the assembly. */
function assetsOf(
  files: Files,
  folder: string,
  artifacts: readonly unknown[],
  messages: Messages,
): ReadonlyMap<string, string> {
  const assets = new Map<string, string>()
  for (const artifact of artifacts) {
    if (!isJsonMap(artifact) || artifact.type !== 'cdk:asset-manifest') continue
    const properties: JsonMap = isJsonMap(artifact.properties) ? artifact.properties : {}
    const file = join(folder, text(properties.file ?? ''))
    const manifest = readSource(files.text(file), file, messages).value
    for (const [hash, asset] of isJsonMap(manifest) ? entriesOf(manifest.files) : []) {
      const source = isJsonMap(asset) && isJsonMap(asset.source) ? asset.source : {}
      if (typeof source.path === 'string') assets.set(hash, source.path)
    }
  }
  return assets
}

/** The hash at the end of an address such as `…/<hash>.json`. */
export const hashIn = (address: string): string => basename(address).replace(/\.\w+$/, '')
