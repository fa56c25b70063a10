import type { ResourceServer } from '../resource-server.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** What is wrong with a resource server: a scope that is defined twice has two descriptions. */
export function* resourceServerFindings(server: {
  readonly Scopes?: Draft<ResourceServer['scopes']> | undefined
}): Generator<Finding> {
  const scopes = entriesOf(server.Scopes)
  for (const [{ ScopeName: name }, index] of scopes) {
    const before = scopes.find(([scope, place]) => place < index && scope.ScopeName === name)
    if (name !== undefined && before !== undefined)
      yield {
        path: ['Scopes', index, 'ScopeName'],
        because: `The scope "${name}" is already defined at Scopes[${before[1]}].`,
        remedy: 'Leave one of the two out.',
      }
  }
}
