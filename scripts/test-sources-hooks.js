/** Module hooks for `test-sources.js`: a source that is imported is a short module which passes on what the bundle has of it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = new URL('..', import.meta.url).href
let names
let from

export function initialize({ folder, sourcesFrom }) {
  names = JSON.parse(readFileSync(join(folder, 'exports.json'), 'utf8'))
  from = sourcesFrom
}

export function load(url, context, nextLoad) {
  const path = url.startsWith(root) ? url.slice(root.length) : ''
  if (names[path] === undefined) return nextLoad(url, context)
  const source = `import { sourceAt } from '${from}'\nexport const { ${names[path]} } = sourceAt('${path}')`
  return { format: 'module', source, shortCircuit: true }
}
