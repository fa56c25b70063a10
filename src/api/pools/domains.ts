import { defaultPagesVersion, pagesVersionOf, regionOf } from '../../core/user-pool.js'
import { createDomain, deleteDomain, updateDomain } from '../../flows/administration/domains.js'
import { poolOfCustomDomain, poolOfPrefix } from '../../flows/directory/directory.js'
import { type InputOf, operation } from '../operations.js'
import { storedPool } from '../scope.js'
import { defined } from './describe.js'

export const CreateUserPoolDomain = operation('CreateUserPoolDomain', async (scope, input) => {
  const { Domain, UserPoolId } = input
  await createDomain(scope.service, await storedPool(scope, UserPoolId), Domain, settingsIn(input))
  return answerTo(input)
})

type DomainInput = InputOf<'CreateUserPoolDomain'>

const settingsIn = ({ ManagedLoginVersion, CustomDomainConfig, Routing }: DomainInput) => ({
  certificateArn: CustomDomainConfig?.CertificateArn,
  securityPolicy: CustomDomainConfig?.SecurityPolicy,
  routing: Routing,
  version: ManagedLoginVersion,
})

const answerTo = ({ Domain, ManagedLoginVersion, CustomDomainConfig, Routing }: DomainInput) =>
  defined({
    CloudFrontDomain: CustomDomainConfig && cloudFrontDomain(Domain),
    ManagedLoginVersion,
    Routing,
  })

/** Stands for the distribution in front of a custom domain. */
const cloudFrontDomain = (name: string): string => `${name.replaceAll('.', '-')}.cloudfront.net`

/** An unknown domain is no error but an empty description (fact U102); one of another region is unknown here. */
export const DescribeUserPoolDomain = operation('DescribeUserPoolDomain', async (scope, { Domain }) => {
  const { region } = scope
  const pool =
    (region === undefined ? undefined : await poolOfPrefix(scope.service, Domain, region)) ??
    (await poolOfCustomDomain(scope.service, Domain))
  if (pool === undefined || regionOf(pool.id) !== region) return { DomainDescription: {} }
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
      CustomDomainConfig: defined({
        CertificateArn: custom?.certificateArn,
        SecurityPolicy: custom?.securityPolicy,
      }),
      ...defined({ Routing: custom?.routing }),
      ManagedLoginVersion: pagesVersionOf(pool, Domain) ?? defaultPagesVersion,
    },
  }
})

/** `yyyyMMddHHmmss`, as the service writes it. */
const versionOf = (time: number): string => new Date(time).toISOString().replace(/[-:T]/g, '').slice(0, 14)

export const UpdateUserPoolDomain = operation('UpdateUserPoolDomain', async (scope, input) => {
  const { Domain, UserPoolId } = input
  await updateDomain(scope.service, await storedPool(scope, UserPoolId), Domain, settingsIn(input))
  return answerTo(input)
})

export const DeleteUserPoolDomain = operation(
  'DeleteUserPoolDomain',
  async (scope, { Domain, UserPoolId }) => {
    await deleteDomain(scope.service, await storedPool(scope, UserPoolId), Domain)
    return {}
  },
)
