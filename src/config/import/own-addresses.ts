import { text } from './intrinsics.js'
import { isJsonMap, type Json } from './source.js'

/** What of a pool its addresses on AWS are made of. */
interface Addressed {
  readonly id: string
  readonly seed: { readonly [name: string]: Json }
}

/**
 * Puts references in the place of the addresses that imported pools have on AWS: their issuers, and the base of their
 * pages. Else two pools of one template that federate would meet at AWS.
 */
export function withOwnAddresses(value: Json, pools: readonly Addressed[]): Json {
  const rules = pools.flatMap(rulesOf)
  const rewritten = (given: string): string =>
    rules.reduce((result, { pattern, reference }) => result.replaceAll(pattern, () => reference), given)
  const visit = (item: Json): Json =>
    typeof item === 'string'
      ? rewritten(item)
      : Array.isArray(item)
        ? item.map(visit)
        : isJsonMap(item)
          ? Object.fromEntries(Object.entries(item).map(([name, member]) => [name, visit(member)]))
          : item
  return visit(value)
}

interface Rule {
  readonly pattern: RegExp
  readonly reference: string
}

function rulesOf({ id, seed }: Addressed): Rule[] {
  const region = id.split('_')[0] ?? ''
  const { Domain, CustomDomain } = seed
  const custom = isJsonMap(CustomDomain) ? text(CustomDomain.Domain ?? '') : ''
  const hosts = [
    ...(Domain === undefined ? [] : [`${text(Domain)}.auth.${region}.amazoncognito.com`]),
    ...(custom === '' ? [] : [custom]),
  ]
  return [
    ...hosts.map(host => ({
      pattern: new RegExp(`https://${escaped(host)}(?![\\w.-])`, 'g'),
      reference: `\${pools.${id}.domain}`,
    })),
    {
      pattern: new RegExp(`https://cognito-idp\\.${region}\\.amazonaws\\.com/${escaped(id)}(?!\\w)`, 'g'),
      reference: `\${pools.${id}.issuer}`,
    },
  ]
}

const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')
