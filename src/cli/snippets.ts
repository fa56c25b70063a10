import { regionOf } from '../core/user-pool.js'
import type { ReadyClient, ReadyPool } from './banner.js'

/** Configuration to paste, or to write to a file. */
export interface Snippet {
  /** What `rockpool env --format` calls it. */
  readonly format: Format
  readonly title: string
  readonly code: string
}

/** An app to be connected: a client of a pool, and where Rockpool is. */
export interface App {
  readonly baseUrl: string
  /** Pools have the addresses of AWS: the app needs no setting for Rockpool. */
  readonly awsAddresses?: boolean
  readonly pool: ReadyPool
  readonly client: ReadyClient
}

export type Format = (typeof formats)[number]
export const formats = [
  'variables',
  'amplify',
  'amplify-outputs',
  'aws-sdk',
  'auth-js',
  'openid-client',
  'spring',
  'aws-jwt-verify',
] as const

/** How an app is connected to this pool and client, in each form that fits it. */
export const snippets = (app: App): Snippet[] =>
  formats.flatMap(format => {
    const written = writers[format](app)
    return written ? [{ format, title: written[0], code: written[1] }] : []
  })

const writers: Record<Format, (app: App) => readonly [title: string, code: string] | false> = {
  variables: app => ['variables', variables(app)],
  amplify: app => signsPeopleIn(app) && ['Amplify', amplify(app)],
  'amplify-outputs': app => signsPeopleIn(app) && ['amplify_outputs.json', json(amplifyOutputs(app))],
  'aws-sdk': app => ['AWS SDK for JavaScript', awsSdk(app)],
  'auth-js': app => signsPeopleIn(app) && isDiscoverable(app) && ['Auth.js', authJs(app)],
  'openid-client': app => isDiscoverable(app) && ['openid-client', openidClient(app)],
  spring: app => ['Spring Boot, application.yaml', spring(app)],
  'aws-jwt-verify': app => ['aws-jwt-verify', awsJwtVerify(app)],
}

/** Hosted pages for people, of a client that knows where to send them back to. */
const signsPeopleIn = ({ pool, client }: App): boolean =>
  pool.domainUrl !== undefined && client.flows.includes('code') && client.callbackUrls.length > 0

/** The addresses of the app itself, without those of the app that is built in. */
const ownOf = ({ baseUrl }: App, urls: readonly string[] = []): string[] =>
  urls.filter(url => !url.startsWith(`${baseUrl}/_rockpool/`))

const callbacksOf = (app: App): readonly string[] => {
  const own = ownOf(app, app.client.callbackUrls)
  return own.length > 0 ? own : app.client.callbackUrls
}

/** Libraries that discover an issuer look below it: one that is not ours to serve cannot be discovered. */
const isDiscoverable = ({ awsAddresses, pool }: App): boolean =>
  awsAddresses === true || pool.discoveryUrl.startsWith(`${pool.issuer}/`)

const text = (value: string) => `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const json = (value: unknown) => JSON.stringify(value, null, 2)
/** A value of a variable, for shells and `.env` files alike. */
const shell = (value: string) =>
  /^[\w./:@%+=,-]*$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`

const jwksOf = ({ awsAddresses, pool }: App): string =>
  awsAddresses
    ? `${pool.issuer}/.well-known/jwks.json`
    : pool.discoveryUrl.replace(/openid-configuration$/, 'jwks.json')

function variables(app: App): string {
  const { baseUrl, awsAddresses, pool, client } = app
  const values: [string, string | undefined][] = [
    ['AWS_REGION', regionOf(pool.id)],
    ['AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER', awsAddresses ? undefined : baseUrl],
    ['AWS_ACCESS_KEY_ID', 'any'],
    ['AWS_SECRET_ACCESS_KEY', 'any'],
    ['COGNITO_USER_POOL_ID', pool.id],
    ['COGNITO_CLIENT_ID', client.id],
    ['COGNITO_CLIENT_SECRET', client.secret],
    ['COGNITO_ISSUER', pool.issuer],
    ['COGNITO_JWKS_URI', jwksOf(app)],
    ['COGNITO_DOMAIN', pool.domainUrl],
  ]
  return values
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${shell(value)}`]))
    .join('\n')
}

/** Amplify writes `https://` before the domain itself, and the same port answers that. */
const amplifyDomain = ({ pool }: App): string => (pool.domainUrl ?? '').replace(/^https?:\/\//, '')

function amplify(app: App): string {
  const { baseUrl, awsAddresses, pool, client } = app
  const configuration = {
    Auth: {
      Cognito: {
        userPoolId: pool.id,
        userPoolClientId: client.id,
        ...(awsAddresses ? {} : { userPoolEndpoint: endpointOf(baseUrl) }),
        loginWith: {
          oauth: {
            domain: amplifyDomain(app),
            scopes: client.scopes,
            redirectSignIn: callbacksOf(app),
            redirectSignOut: ownOf(app, client.logoutUrls),
            responseType: 'code',
          },
        },
      },
    },
  }
  return `import { Amplify } from 'aws-amplify'

Amplify.configure(${json(configuration)})`
}

/** The file has no place for an endpoint of one's own, and says so where Amplify lets other programs write. */
const amplifyOutputs = (app: App) => ({
  version: '1.4',
  auth: {
    aws_region: regionOf(app.pool.id),
    user_pool_id: app.pool.id,
    user_pool_client_id: app.client.id,
    oauth: {
      identity_providers: [],
      domain: amplifyDomain(app),
      scopes: app.client.scopes,
      redirect_sign_in_uri: callbacksOf(app),
      redirect_sign_out_uri: ownOf(app, app.client.logoutUrls),
      response_type: 'code',
    },
  },
  ...(app.awsAddresses ? {} : { custom: { rockpool: whatOutputsLack(app) } }),
})

function whatOutputsLack({ baseUrl }: App) {
  const userPoolEndpoint = endpointOf(baseUrl)
  return {
    note:
      'This file has no place for userPoolEndpoint, without which Amplify refreshes tokens, signs users up and changes them at AWS. ' +
      'Add it: const config = parseAmplifyConfig(outputs); config.Auth.Cognito.userPoolEndpoint = outputs.custom.rockpool.userPoolEndpoint; ' +
      'Amplify.configure(config). Import parseAmplifyConfig from aws-amplify/utils.',
    userPoolEndpoint,
  }
}

/** Amplify insists on https, which the same port answers. */
const endpointOf = (baseUrl: string): string => baseUrl.replace(/^http:/, 'https:')

const awsSdk = ({ baseUrl, awsAddresses, pool }: App): string =>
  `import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'

const cognito = new CognitoIdentityProviderClient({
  region: ${text(regionOf(pool.id))},${awsAddresses ? '' : `\n  endpoint: ${text(baseUrl)},`}
  credentials: { accessKeyId: 'any', secretAccessKey: 'any' },
})`

function authJs({ pool, client }: App): string {
  const secret =
    client.secret === undefined
      ? "client: { token_endpoint_auth_method: 'none' }"
      : `clientSecret: ${text(client.secret)}`
  return `import Cognito from 'next-auth/providers/cognito'
Cognito({
  clientId: ${text(client.id)}, issuer: ${text(pool.issuer)}, ${secret},
  checks: ['pkce', 'state', 'nonce'], // a federated sign-in brings a nonce, which Auth.js takes only if it sent one
})`
}

function openidClient({ pool, client }: App): string {
  const authentication =
    client.secret === undefined ? 'oidc.None()' : `oidc.ClientSecretPost(${text(client.secret)})`
  const insecure = pool.issuer.startsWith('http:')
    ? `, {
  execute: [oidc.allowInsecureRequests], // plain http, on this machine
}`
    : ''
  return `import * as oidc from 'openid-client'
const config = await oidc.discovery(new URL(${text(pool.issuer)}), ${text(client.id)}, undefined, ${authentication}${insecure})`
}

/** Spring discovers the issuer where it can; else the properties name every endpoint. */
function spring(app: App): string {
  const { baseUrl, pool, client } = app
  const domain = pool.domainUrl ?? baseUrl
  const provider = isDiscoverable(app)
    ? { 'issuer-uri': pool.issuer }
    : {
        'authorization-uri': `${domain}/oauth2/authorize`,
        'token-uri': `${domain}/oauth2/token`,
        'user-info-uri': `${domain}/oauth2/userInfo`,
        'jwk-set-uri': jwksOf(app),
      }
  const isForPeople = signsPeopleIn(app)
  const registration = {
    'client-id': client.id,
    ...(client.secret === undefined
      ? { 'client-authentication-method': 'none' }
      : { 'client-secret': client.secret }),
    'authorization-grant-type': isForPeople ? 'authorization_code' : 'client_credentials',
    ...(isForPeople ? { 'redirect-uri': callbackOfSpring(app) } : {}),
    scope: client.scopes,
  }
  const configuration = {
    spring: {
      security: {
        oauth2: {
          client: {
            registration: { cognito: registration },
            provider: { cognito: { ...provider, 'user-name-attribute': 'username' } },
          },
          resourceserver: {
            jwt: isDiscoverable(app) ? { 'issuer-uri': pool.issuer } : { 'jwk-set-uri': jwksOf(app) },
          },
        },
      },
    },
  }
  return yaml(configuration)
}

/** Spring listens below this path; the end is the name of the registration. */
const callbackOfSpring = (app: App): string | undefined =>
  callbacksOf(app).find(url => url.endsWith('/login/oauth2/code/cognito')) ?? callbacksOf(app)[0]

/** Plain objects, texts and lists of texts as YAML; a text is written as JSON has it, which YAML reads alike. */
function yaml(value: object, indent = ''): string {
  return Object.entries(value)
    .map(([name, member]) =>
      typeof member === 'object' && !Array.isArray(member)
        ? `${indent}${name}:\n${yaml(member, `${indent}  `)}`
        : `${indent}${name}: ${JSON.stringify(member)}`,
    )
    .join('\n')
}

function awsJwtVerify(app: App): string {
  const { awsAddresses, pool, client } = app
  if (awsAddresses)
    return `import { CognitoJwtVerifier } from 'aws-jwt-verify'
const verifier = CognitoJwtVerifier.create({ userPoolId: ${text(pool.id)}, clientId: ${text(client.id)}, tokenUse: 'id' })
const claims = await verifier.verify(idToken)`
  const jwksUri = jwksOf(app)
  const fetched = jwksUri.startsWith('https:')
    ? ''
    : '\nverifier.cacheJwks(await (await fetch(jwksUri)).json()) // it fetches keys over https only'
  return `import { JwtVerifier } from 'aws-jwt-verify'
const jwksUri = ${text(jwksUri)}
const verifier = JwtVerifier.create({ issuer: ${text(pool.issuer)}, audience: ${text(client.id)}, jwksUri })${fetched}
const claims = await verifier.verify(idToken)`
}
