import { type Addresses, hostsOf } from '../../addresses.js'
import type { DiscoveryAnswer } from '../../discovery-answer.js'
import { type IdentityProvider, oidcEndpoints } from '../../identity-provider.js'
import type { ClockState } from '../../movable-clock.js'
import { isSameIssuer } from '../../upstream-issuer.js'
import type { UserPool } from '../../user-pool.js'
import { type Diagnosis, listed } from './diagnosis.js'

/**
 * What a provider's answer to discovery says about it.
 * @param isByHand whether its endpoints were given by hand: then no sign-in needs the document
 */
export function* discoveryDiagnoses(
  pool: UserPool,
  { name, details }: IdentityProvider,
  { answer, isByHand }: { readonly answer: DiscoveryAnswer; readonly isByHand: boolean },
): Generator<Diagnosis> {
  const path = ['IdentityProviders', name, 'ProviderDetails', 'oidc_issuer']
  const about = { pool: pool.name, path }
  if ('failed' in answer) {
    yield {
      ...about,
      rule: 'provider-unreachable',
      severity: isByHand ? 'warning' : 'error',
      because: `${name} does not answer at ${answer.url}: ${answer.failed}.`,
      remedy: `Start the provider, or correct oidc_issuer of ${name}: the address is the issuer plus /.well-known/openid-configuration, seen from where Rockpool runs (inside a container, localhost is the container).`,
    }
    return
  }
  const { oidc_issuer = '' } = details
  if (answer.issuer !== oidc_issuer && isSameIssuer(answer.issuer, oidc_issuer))
    yield {
      ...about,
      rule: 'issuer-differs',
      severity: 'warning',
      because: `oidc_issuer of ${name} is "${oidc_issuer}", and its discovery document says "${answer.issuer}": a slash at the end is let pass here, but not on AWS.`,
      remedy: `Set oidc_issuer of ${name} to "${answer.issuer}", letter by letter.`,
    }
  else if (answer.issuer !== oidc_issuer)
    yield {
      ...about,
      rule: 'issuer-differs',
      severity: 'error',
      because: `oidc_issuer of ${name} is "${oidc_issuer}", and its discovery document says "${answer.issuer ?? ''}": they are compared as text, so its ID tokens are refused (“Bad id_token issuer”).`,
      remedy: `Set oidc_issuer of ${name} to "${answer.issuer ?? ''}", letter by letter.`,
    }
  const missing = oidcEndpoints.filter(endpoint => !details[endpoint] && !answer.endpoints[endpoint])
  if (missing.length > 0)
    yield {
      ...about,
      rule: 'provider-unreachable',
      severity: 'error',
      because: `The discovery document of ${name} at ${answer.url} does not say where ${listed(missing)} ${missing.length === 1 ? 'is' : 'are'}.`,
      remedy: `Give all of ${listed(oidcEndpoints)} by hand in ProviderDetails of ${name}.`,
    }
}

/** The host names that lead to a pool on AWS, as far as somebody will go by them. */
export const awsNamesOf = (addresses: Addresses, pool: UserPool): string[] =>
  addresses.awsAddresses
    ? hostsOf(addresses, pool)
    : pool.issuer === 'aws'
      ? hostsOf(addresses, { id: pool.id, issuer: pool.issuer, settings: pool.settings })
      : []

/** Where a name leads: the addresses that it has, and whether all of them are this machine's. */
export interface NameAnswer {
  readonly addresses: readonly string[]
  readonly isHere: boolean
}

/** That a name of AWS leads elsewhere, or nowhere. */
export function* nameDiagnoses(
  pool: UserPool,
  name: string,
  { addresses, isHere }: NameAnswer,
): Generator<Diagnosis> {
  if (isHere) return
  const where =
    addresses.length === 0 ? 'leads nowhere' : `leads to ${listed(addresses)}, not to this machine`
  yield {
    rule: 'aws-name-leads-elsewhere',
    severity: 'warning',
    pool: pool.name,
    path: [],
    because: `The pool has its addresses on AWS, and ${name} ${where}.`,
    remedy: `Add a line to the hosts file of each machine that uses it: 127.0.0.1 ${name}. Or start without --aws-addresses, and give the pool Issuer: local.`,
  }
}

/** That the clock of this Rockpool is another than that of those who check its tokens. */
export function* clockDiagnoses(state: ClockState, aheadSeconds: number): Generator<Diagnosis> {
  const isFrozen = state.frozenAt !== undefined
  if (!isFrozen && Math.abs(aheadSeconds) < 5) return
  const how = isFrozen
    ? `stands at ${new Date(state.frozenAt).toISOString()}`
    : `is ${Math.abs(aheadSeconds)} seconds ${aheadSeconds > 0 ? 'ahead of' : 'behind'} the system's`
  yield {
    rule: 'clock-moved',
    severity: 'warning',
    path: [],
    because: `The clock of Rockpool ${how}: an app that checks tokens by another clock may find them expired, or not valid yet.`,
    remedy: 'Let it go with the system again: POST /_rockpool/clock/reset, or the page Time of the console.',
  }
}
