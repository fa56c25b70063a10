import { parseUrl } from '../../../lib/url.js'
import { idpResponsePath } from '../../addresses.js'
import { type AppClient, allowsFlow, localProvider, providersOf } from '../../app-client.js'
import { type Diagnosis, listed, type Patient } from './diagnosis.js'

/** What is wrong with the clients of a pool, as apps and people will find them. */
export function* clientDiagnoses(patient: Patient): Generator<Diagnosis> {
  const { pool, clients, providers } = patient
  yield* domainDiagnoses(patient)
  for (const client of clients.filter(visitsBrowser)) {
    const about = { pool: pool.name, path: ['Clients', client.name] as const }
    const known = [localProvider, ...providers.map(({ name }) => name)]
    if (providersOf(client).length === 0)
      yield {
        ...about,
        rule: 'no-login-option',
        severity: 'error',
        path: [...about.path, 'SupportedIdentityProviders'],
        because: `The client ${client.name} has no SupportedIdentityProviders: its sign-in page has nothing to sign in with (“Login option is not available”).`,
        remedy: `Set SupportedIdentityProviders of ${client.name}: ${localProvider} for the users of the pool, and the names of providers (${listed(known.slice(1))}).`,
      }
    for (const name of providersOf(client))
      if (!known.includes(name))
        yield {
          ...about,
          rule: 'provider-unknown',
          severity: 'error',
          path: [...about.path, 'SupportedIdentityProviders', name],
          because: `The client ${client.name} lists "${name}" in SupportedIdentityProviders, and the pool has no such provider: “Login option is not available”.`,
          remedy: `Create the identity provider ${name}, or take it out of the list.`,
        }
    if (!client.settings.AllowedOAuthScopes?.includes('openid'))
      yield {
        ...about,
        rule: 'scope-missing',
        severity: 'warning',
        path: [...about.path, 'AllowedOAuthScopes'],
        because: `The client ${client.name} may not ask for openid: it gets no ID token, and userInfo refuses its access token.`,
        remedy: `Add openid to AllowedOAuthScopes of ${client.name}.`,
      }
    yield* devServerDiagnoses(pool.name, client)
  }
}

const visitsBrowser = (client: AppClient): boolean =>
  allowsFlow(client, 'code') || allowsFlow(client, 'implicit')

function* domainDiagnoses({ pool, clients, providers }: Patient): Generator<Diagnosis> {
  if (pool.domain !== undefined || pool.customDomain !== undefined) return
  const needs = clients.filter(client => visitsBrowser(client) || allowsFlow(client, 'client_credentials'))
  if (needs.length === 0 && providers.length === 0) return
  const whose =
    needs.length === 0
      ? `its ${providers.length === 1 ? 'provider' : 'providers'} ${listed(providers.map(({ name }) => name))}`
      : `its clients ${listed(needs.map(({ name }) => name))}`
  yield {
    rule: 'domain-missing',
    severity: 'error',
    pool: pool.name,
    path: ['Domain'],
    because: `The pool has no domain, so there are no sign-in pages and no OAuth endpoints for ${whose}.`,
    remedy: 'Give it a domain: Domain in a seed, or CreateUserPoolDomain.',
  }
}

/** Where the tools that people start apps with listen. */
const devServers: readonly (readonly [port: string, tools: string])[] = [
  ['5173', 'Vite'],
  ['3000', 'Next.js, Express'],
  ['4200', 'Angular'],
  ['8080', 'Spring, Vue CLI'],
]

/** A client for apps on this machine lacks the callbacks of dev servers; one that is a pool's, or deployed, does not. */
function* devServerDiagnoses(pool: string, client: AppClient): Generator<Diagnosis> {
  const callbacks = (client.settings.CallbackURLs ?? []).map(url => parseUrl(url))
  const local = callbacks.filter(url => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(url?.hostname ?? ''))
  const apps = local.filter(url => !url?.pathname.endsWith(idpResponsePath))
  if (apps.length === 0) return
  const ports = new Set(apps.map(url => url?.port))
  const lacking = devServers.filter(([port]) => !ports.has(port))
  if (lacking.length === 0) return
  yield {
    rule: 'callback-of-dev-server',
    severity: 'hint',
    pool,
    path: ['Clients', client.name, 'CallbackURLs'],
    because: `The client ${client.name} has no callback at ${lacking.map(([port, tools]) => `http://localhost:${port} (${tools})`).join(', ')}: an app that is started there gets redirect_mismatch.`,
    remedy: `If yours runs there, add its callback to CallbackURLs of ${client.name}, letter by letter: http://localhost:${lacking[0]?.[0]}/callback.`,
  }
}
