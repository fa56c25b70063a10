import type { Finding } from './finding.js'

/** A quota of the service (docs/facts/user-pools-api.md §7). */
const mostTags = 50

/** What is wrong with tags that are added to those of a pool. */
export function* tagFindings(
  added: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>> = {},
): Generator<Finding> {
  for (const key of Object.keys(added))
    if (key.startsWith('aws:'))
      yield {
        path: ['UserPoolTags', key],
        code: 'UserPoolTaggingException',
        told: 'Tag keys must not begin with aws:, which is reserved.',
        because: `The tag key "${key}" begins with aws:.`,
        remedy: `Choose a key that does not begin with aws:, for example ${key.slice(4) || 'stage'}.`,
      }
  const count = Object.keys({ ...before, ...added }).length
  if (count > mostTags)
    yield {
      path: ['UserPoolTags'],
      code: 'UserPoolTaggingException',
      told: 'A user pool can have 50 tags at most.',
      because: `The pool would have ${count} tags.`,
      remedy: `Take ${count - mostTags} tags away with UntagResource first.`,
    }
}
