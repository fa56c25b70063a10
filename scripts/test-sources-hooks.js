/**
 * Module hooks for `test-sources.js`: a source that is imported is a short module which passes on what the bundle has of it, and so
 * is a bundled package that a test imports. A file of tests that `test-files.js` runs is imported by an address that ends with
 * `?file=`, and hands that on to all that it imports of ours: each file has modules of its own, though others ran in the process.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).href
const tests = new URL('../test/', import.meta.url).href
const scheme = 'test-package:'
let bundled

export function initialize({ sources, packages, from }) {
  const exportsOf = folder => JSON.parse(readFileSync(join(folder, 'exports.json'), 'utf8'))
  bundled = { sources: exportsOf(sources), packages: exportsOf(packages), from }
}

export async function resolve(specifier, context, nextResolve) {
  if (!context.parentURL?.startsWith(tests)) return nextResolve(specifier, context)
  const file = /\?file=.*/.exec(context.parentURL)?.[0] ?? ''
  if (bundled.packages[specifier] !== undefined) {
    // Only of tap has each file one of its own.
    return { url: `${scheme}${specifier}${specifier === 'tap' ? file : ''}`, shortCircuit: true }
  }
  const resolved = await nextResolve(specifier, context)
  return resolved.url.startsWith(tests) && !resolved.url.includes('?')
    ? { ...resolved, url: resolved.url + file }
    : resolved
}

export function load(url, context, nextLoad) {
  const source = url.startsWith(scheme)
    ? packageModule(url.slice(scheme.length))
    : url.startsWith(root)
      ? sourceModule(url.slice(root.length))
      : undefined
  return source === undefined ? nextLoad(url, context) : { format: 'module', source, shortCircuit: true }
}

function sourceModule(path) {
  const names = bundled.sources[path]
  if (names === undefined) return undefined
  return `import { sourceAt } from '${bundled.from}'\nexport const { ${names} } = sourceAt('${path}')`
}

function packageModule(address) {
  const [name, file] = address.split('?')
  if (file !== undefined) return `import { fileTest } from '${bundled.from}'\nexport default fileTest()`
  const names = bundled.packages[name]
  const named = names.filter(each => each !== 'default' && each !== 'module.exports')
  return [
    `import { packageNamed } from '${bundled.from}'`,
    `const all = packageNamed('${name}')`,
    `export const { ${named} } = all`,
    // What a CommonJS package is by default is all of it, but for one that was an ES module.
    names.includes('default') ? 'export default all.__esModule ? all.default : all' : '',
  ].join('\n')
}
