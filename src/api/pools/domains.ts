import { ensure } from '../../core/refusal.js'
import { regionOf, type UserPool } from '../../core/user-pool.js'
import { poolOfDomain } from '../../flows/directory/directory.js'
import { operation } from '../operations.js'
import { because, invalidParameter } from '../refusals.js'
import { poolOf, type Scope } from '../scope.js'
import { defined } from './describe.js'
import { changePool } from './pools.js'

export const CreateUserPoolDomain = operation('CreateUserPoolDomain', async (scope, input) => {
  const { Domain, UserPoolId, ManagedLoginVersion: version, CustomDomainConfig: custom } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureVersion(pool, version)
  if (custom === undefined) await ensurePrefix(scope, pool, Domain)
  else {
    ensure(subdomainForm.test(Domain), () => invalidParameter('Custom domain is not a valid subdomain'))
    ensure(pool.customDomain === undefined, alreadyConfigured)
    ensure((await poolOfDomain(scope.service, Domain)) === undefined, taken)
  }
  await changePool(scope, UserPoolId, ({ ...before }) => ({
    ...before,
    ...(custom
      ? { customDomain: { name: Domain, certificateArn: custom.CertificateArn } }
      : { domain: Domain }),
    ...(version === undefined ? {} : { managedLoginVersion: version }),
  }))
  return defined({ CloudFrontDomain: custom && cloudFrontDomain(Domain), ManagedLoginVersion: version })
})

const reserved = ['aws', 'amazon', 'cognito']
const taken = () => invalidParameter('Domain already associated with another user pool.')
const alreadyConfigured = () => invalidParameter('User pool already has a domain configured.')
/** A name of three or more labels. */
const subdomainForm = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,}$/
const prefixForm = '^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$'

async function ensurePrefix(scope: Scope, pool: UserPool, prefix: string): Promise<void> {
  ensure(new RegExp(prefixForm).test(prefix), () =>
    invalidParameter(
      `The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. Please enter a different name that follows this format: ${prefixForm}`,
    ),
  )
  const word = reserved.find(word => prefix.split('-').includes(word))
  ensure(word === undefined, () => invalidParameter(`Domain cannot contain reserved word: ${word}`))
  // Ours alone: below the base URL the names of pages are taken.
  ensure(!['login', 'logout', 'error', 'oauth2'].includes(prefix), taken)
  ensure(pool.domain === undefined, alreadyConfigured)
  ensure((await poolOfDomain(scope.service, prefix)) === undefined, taken)
}

function ensureVersion({ settings }: UserPool, version: number | undefined): void {
  ensure(version !== 2 || settings.UserPoolTier !== 'LITE', () =>
    because('FeatureUnavailableInTierException')(
      'The following feature is not available for the LITE pricing tier configured: Managed Login Version 2',
    ),
  )
}

/** Stands for the distribution in front of a custom domain. */
const cloudFrontDomain = (name: string): string => `${name.replaceAll('.', '-')}.cloudfront.net`

/** An unknown domain is no error but an empty description (fact U102); one of another region is unknown here. */
export const DescribeUserPoolDomain = operation('DescribeUserPoolDomain', async (scope, { Domain }) => {
  const pool = await poolOfDomain(scope.service, Domain)
  if (pool === undefined || regionOf(pool.id) !== scope.region) return { DomainDescription: {} }
  const custom = pool.customDomain?.name === Domain ? pool.customDomain : undefined
  return {
    DomainDescription: {
      UserPoolId: pool.id,
      AWSAccountId: scope.accountId,
      Domain,
      S3Bucket: 'aws-cognito-prod-assets',
      CloudFrontDistribution: cloudFrontDomain(Domain),
      Version: versionOf(pool.createdAt),
      Status: 'ACTIVE',
      CustomDomainConfig: custom === undefined ? {} : { CertificateArn: custom.certificateArn },
      ManagedLoginVersion: pool.managedLoginVersion ?? 1,
    },
  }
})

/** `yyyyMMddHHmmss`, as the service writes it. */
const versionOf = (time: number): string => new Date(time).toISOString().replace(/[-:T]/g, '').slice(0, 14)

export const UpdateUserPoolDomain = operation('UpdateUserPoolDomain', async (scope, input) => {
  const { Domain, UserPoolId, CustomDomainConfig: custom, ManagedLoginVersion: version } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureHas(pool, Domain)
  ensureVersion(pool, version)
  await changePool(scope, UserPoolId, before => ({
    ...before,
    ...(custom && before.customDomain
      ? { customDomain: { ...before.customDomain, certificateArn: custom.CertificateArn } }
      : {}),
    ...(version === undefined ? {} : { managedLoginVersion: version }),
  }))
  return defined({ ManagedLoginVersion: version, CloudFrontDomain: custom && cloudFrontDomain(Domain) })
})

export const DeleteUserPoolDomain = operation(
  'DeleteUserPoolDomain',
  async (scope, { Domain, UserPoolId }) => {
    ensureHas(await poolOf(scope, UserPoolId), Domain)
    await changePool(scope, UserPoolId, pool => {
      const { domain, customDomain, managedLoginVersion: _version, ...rest } = pool
      const others = domain === Domain ? { customDomain } : { domain }
      return { ...rest, ...defined(others) }
    })
    return {}
  },
)

const ensureHas = ({ domain, customDomain }: UserPool, name: string): void =>
  ensure(domain === name || customDomain?.name === name, () =>
    invalidParameter('No such domain or user pool exists.'),
  )
