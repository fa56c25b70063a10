import { isDeepStrictEqual } from 'node:util'
import { acrNames } from '../../core/assurance.js'
import { standardAttribute } from '../../core/schema.js'
import { createUserPoolClient } from '../../core/shapes/app-clients.js'
import { createGroup } from '../../core/shapes/groups.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import { createResourceServer } from '../../core/shapes/resource-servers.js'
import { createUserPool } from '../../core/shapes/user-pools.js'
import type { PoolSettings } from '../../core/user-pool.js'
import { ssoMinutesOf, untracked } from '../../core/user-session.js'
import type { Members as Shapes } from '../../lib/shape.js'
import { knownMembers } from '../import/members.js'
import type { Json, JsonMap } from '../import/source.js'
import type { Members } from './calls.js'
import type { PoolAnswers } from './read.js'

/** What answers of AWS become: a pool as an entry of a seed's `UserPools`. */

/**
 * A pool as a seed, with the ids that it has on AWS.
 * @param secrets whether secrets of clients and providers are written; otherwise clients get others, and providers placeholders
 */
export function seedOfAnswers(answers: PoolAnswers, { secrets }: { readonly secrets: boolean }): JsonMap {
  const { pool, mfa, clients, providers, resourceServers, groups } = answers
  return {
    PoolName: String(pool.Name),
    Id: String(pool.Id),
    ...poolSettings(pool),
    ...(jsonOf(mfa) as JsonMap),
    ...domainsOf(answers),
    ...sessionsOf(answers),
    ...listed(
      'Clients',
      clients.map(client => ({ ...clientOf(client, secrets), ...clientSessionsOf(answers, client) })),
    ),
    ...listed(
      'IdentityProviders',
      providers.map(provider => providerOf(provider, secrets)),
    ),
    ...listed(
      'ResourceServers',
      resourceServers.map(server => known(server, createResourceServer.members)),
    ),
    ...listed(
      'Groups',
      groups.map(group => known(group, createGroup.members)),
    ),
    ...listed(
      'UICustomizations',
      // A look stays when its domain goes, and cannot be set without one.
      answers.domains.length === 0 ? [] : answers.looks.map(({ ClientId, CSS }) => jsonOf({ ClientId, CSS })),
    ),
    ...listed('ManagedLoginBrandings', answers.brandings.map(brandingOf)),
    ...listed(
      'RiskConfigurations',
      answers.risks.map(({ UserPoolId: _pool, LastModifiedDate: _date, ...risk }) => jsonOf(risk)),
    ),
    ...listed('LogConfigurations', answers.logs.map(jsonOf)),
    ...listed(
      'Terms',
      answers.terms.map(({ ClientId, TermsName, TermsSource, Enforcement, Links }) =>
        jsonOf({ ClientId, TermsName, TermsSource, Enforcement, Links }),
      ),
    ),
  }
}

/** How sessions are tracked, where that is not as in every pool. */
function sessionsOf({ sessions: { UserSessionTracking, TokenSession } }: PoolAnswers): JsonMap {
  const found = jsonOf({ UserSessionTracking, TokenSession }) as JsonMap
  const asEver = { UserSessionTracking: 'DISABLED', TokenSession: { MaxPerUser: untracked.maxPerUser } }
  return isEmpty(found) || isDeepStrictEqual(found, asEver) ? {} : { SessionConfiguration: found }
}

function clientSessionsOf({ clientSessions }: PoolAnswers, { ClientId }: Members): JsonMap {
  const found = clientSessions.find(one => one.ClientId === ClientId)
  const { MaxValidityMinutes } = (found?.SSOSession ?? {}) as Members
  return typeof MaxValidityMinutes !== 'number' || MaxValidityMinutes === ssoMinutesOf({})
    ? {}
    : { SessionConfiguration: { SSOSession: { MaxValidityMinutes } } }
}

const listed = (member: string, entries: readonly Json[]): JsonMap =>
  entries.length === 0 ? {} : { [member]: entries }

/** Dates and bytes as JSON has them; what is undefined is left out. */
const jsonOf = (value: unknown): Json => JSON.parse(JSON.stringify(value) ?? 'null') as Json

/** Members that creating takes; empty ones are what nobody set. */
function known(value: Members, members: Shapes): JsonMap {
  const { known: found } = knownMembers(jsonOf(value) as JsonMap, members)
  return Object.fromEntries(
    Object.entries(found).filter(
      ([name, one]) => name !== 'UserPoolId' && !isEmpty(one) && !(one === 0 && name.endsWith('Validity')),
    ),
  )
}

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)

/** What describes the pool, without what follows from another member. */
function poolSettings(pool: Members): JsonMap {
  const { AdminCreateUserConfig, VerificationMessageTemplate, UserPoolTags, AcrConfiguration, ...others } =
    known(pool, createUserPool.members) as {
      readonly [name: string]: JsonMap | undefined
    }
  const { UnusedAccountValidityDays: _days, ...invitations } = AdminCreateUserConfig ?? {}
  const tags = Object.fromEntries(
    Object.entries(UserPoolTags ?? {}).filter(([name]) => !name.startsWith('aws:')),
  )
  const mirrored = ['SmsVerificationMessage', 'EmailVerificationMessage', 'EmailVerificationSubject']
  const settings = Object.entries(others).filter(
    (entry): entry is [string, JsonMap] => !mirrored.includes(entry[0]) && entry[1] !== undefined,
  )
  const schema = schemaOf(pool.SchemaAttributes)
  return {
    ...Object.fromEntries(settings),
    ...(isEmpty(invitations) ? {} : { AdminCreateUserConfig: invitations }),
    ...(VerificationMessageTemplate === undefined ? {} : { VerificationMessageTemplate }),
    ...(isEmpty(tags) ? {} : { UserPoolTags: tags }),
    // The service shows the default names of every pool.
    ...(hasOwnNames(AcrConfiguration) ? { AcrConfiguration: AcrConfiguration ?? {} } : {}),
    ...(schema.length === 0 ? {} : { Schema: schema }),
  }
}

const hasOwnNames = (configuration: JsonMap | undefined): boolean =>
  configuration !== undefined &&
  !isDeepStrictEqual(acrNames({}), acrNames({ AcrConfiguration: configuration } as unknown as PoolSettings))

/** Attributes that somebody declared: custom ones, and standard ones that are not as every pool begins with them. */
const schemaOf = (attributes: unknown): Json[] =>
  (Array.isArray(attributes) ? (attributes as Members[]) : []).flatMap(attribute => {
    const name = String(attribute.Name)
    const standard = standardAttribute(name)
    const { MinLength, MaxLength } = (attribute.StringAttributeConstraints ?? {}) as Members
    const isAsEver =
      standard !== undefined &&
      standard.mutable === attribute.Mutable &&
      standard.required === attribute.Required &&
      (MinLength === undefined || Number(MinLength) === standard.min) &&
      (MaxLength === undefined || Number(MaxLength) === standard.max)
    if (isAsEver) return []
    const { DeveloperOnlyAttribute, ...declared } = jsonOf(attribute) as JsonMap
    return [
      {
        ...Object.fromEntries(Object.entries(declared).filter(([, value]) => !isEmpty(value))),
        Name: name.replace(/^(dev:)?custom:/, ''),
        ...(DeveloperOnlyAttribute === true ? { DeveloperOnlyAttribute } : {}),
      },
    ]
  })

function domainsOf({ pool, domains }: PoolAnswers): JsonMap {
  const found = domains.map(domain => {
    const {
      Domain = '',
      ManagedLoginVersion,
      CustomDomainConfig,
    } = jsonOf(domain) as { [name: string]: Json }
    const version = ManagedLoginVersion === undefined ? {} : { ManagedLoginVersion }
    if (Domain !== pool.CustomDomain) return { Domain, ...version }
    const { CertificateArn = '' } = (CustomDomainConfig ?? {}) as JsonMap
    return { CustomDomain: { Domain, CertificateArn, ...version } }
  })
  return Object.assign({}, ...found) as JsonMap
}

function clientOf(client: Members, secrets: boolean): JsonMap {
  const { ClientSecret, GenerateSecret: _generate, ...rest } = known(client, createUserPoolClient.members)
  return {
    ...rest,
    ClientId: String(client.ClientId),
    ...(ClientSecret === undefined ? {} : secrets ? { ClientSecret } : { GenerateSecret: true }),
  }
}

/** Details that AWS adds to what was given. */
const added: Readonly<Record<string, readonly string[]>> = {
  SAML: ['ActiveEncryptionCertificate', 'SSORedirectBindingURI', 'SLORedirectBindingURI'],
  OIDC: ['attributes_url_add_attributes'],
}
const addedToSocial = [
  'attributes_url',
  'attributes_url_add_attributes',
  'authorize_url',
  'jwks_uri',
  'oidc_issuer',
  'token_request_method',
  'token_url',
]

const confidential = ['client_secret', 'private_key']

function providerOf(provider: Members, secrets: boolean): JsonMap {
  const type = String(provider.ProviderType)
  const { ProviderDetails = {}, ...rest } = known(provider, createIdentityProvider.members)
  const details = Object.entries(ProviderDetails as JsonMap)
    .filter(([name]) => !(added[type] ?? addedToSocial).includes(name))
    .map(([name, value]) => [name, confidential.includes(name) && !secrets ? notGiven(name) : value])
  // Apple's key is never shown again.
  const key = type === 'SignInWithApple' ? { private_key: notGiven('private_key') } : {}
  return { ...rest, ProviderDetails: { ...key, ...Object.fromEntries(details) } }
}

const notGiven = (name: string): string => `not-given-${name.replaceAll('_', '-')}`

function brandingOf(branding: Members): Json {
  const { ClientId, UseCognitoProvidedValues, Settings, Assets } = branding
  const isGiven = UseCognitoProvidedValues !== true
  return jsonOf({
    ClientId,
    UseCognitoProvidedValues,
    ...(isGiven ? { Settings, Assets: bytesAsText(Assets) } : {}),
  })
}

/** Bytes of pictures, which an SDK gives as an array, in base64. */
const bytesAsText = (assets: unknown): unknown =>
  Array.isArray(assets)
    ? (assets as Members[]).map(({ Bytes, ...asset }) => ({
        ...asset,
        ...(Bytes instanceof Uint8Array
          ? { Bytes: Buffer.from(Bytes).toString('base64') }
          : Bytes === undefined
            ? {}
            : { Bytes }),
      }))
    : undefined
