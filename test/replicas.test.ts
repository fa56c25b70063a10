import { X509Certificate } from 'node:crypto'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { startRockpool } from '../src/emulator.js'
import { anSdk, refusal } from './support/api.js'
import { shareKeys } from './support/keys.js'
import { aClock } from './support/rockpool.js'

/** What a pool has for other machines: its signing certificate, its replicas, and the limits of its account. */
async function aPool(t: Test, settings: Partial<cognito.CreateUserPoolCommandInput> = {}) {
  await shareKeys()
  const options = { port: 0, keys: 'recycled', clock: aClock(), dataDir: t.testdir({}) } as const
  const rockpool = await startRockpool(options)
  const sdk = anSdk(t, rockpool)
  const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P', ...settings }))
  const restarted = async () => {
    await rockpool.close()
    const again = await startRockpool(options)
    t.teardown(() => again.close())
    return anSdk(t, again)
  }
  t.teardown(() => rockpool.close())
  return { sdk, UserPoolId: UserPool?.Id ?? '', Arn: UserPool?.Arn ?? '', restarted }
}

t.test('the certificate of a pool’s SAML key', async t => {
  const { sdk, UserPoolId, restarted } = await aPool(t)
  const certificateOf = async (sdk: cognito.CognitoIdentityProviderClient, id = UserPoolId) =>
    (await sdk.send(new cognito.GetSigningCertificateCommand({ UserPoolId: id }))).Certificate ?? ''
  const [first, second] = await Promise.all([certificateOf(sdk), certificateOf(sdk)])
  t.equal(first, second, 'one, also when it is asked for twice at a time')
  t.match(first, /^[A-Za-z0-9+/]+=*$/, 'no PEM')
  const certificate = new X509Certificate(Buffer.from(first, 'base64'))
  t.equal(certificate.subject, `CN=${UserPoolId}`)
  t.ok(certificate.verify(certificate.publicKey))
  t.match(certificate.publicKey.asymmetricKeyDetails, { modulusLength: 2048 })
  t.equal(certificate.validFrom, 'Nov 25 12:00:00 2026 GMT')
  t.equal(certificate.validTo, 'Nov 25 12:00:00 2036 GMT', 'for ten years')
  t.match(certificate.serialNumber, /^0?1[0-9A-F]{32}$/)
  const { UserPool: other } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'other' }))
  t.not(await certificateOf(sdk, other?.Id), first)
  t.match(await refusal(certificateOf(sdk, 'us-east-1_Nowhere00')), ['ResourceNotFoundException'])
  t.equal(await certificateOf(await restarted()), first, 'the same after a restart')
})

const replicable: Partial<cognito.CreateUserPoolCommandInput> = {
  KeyConfiguration: {
    KeyType: 'CUSTOMER_MANAGED_KEY',
    KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab',
  },
  IssuerConfiguration: { Type: 'UPDATED' },
}

t.test('replicas of a pool', async t => {
  const { sdk, UserPoolId, Arn, restarted } = await aPool(t, replicable)
  const replica = { UserPoolId, RegionName: 'eu-west-1' }
  const create = (more = {}) => sdk.send(new cognito.CreateUserPoolReplicaCommand({ ...replica, ...more }))
  const list = async (from = sdk) =>
    (await from.send(new cognito.ListUserPoolReplicasCommand({ UserPoolId }))).UserPoolReplicas
  const primary = { RegionName: 'us-east-1', Status: 'ACTIVE', Role: 'PRIMARY', UserPoolArn: Arn }
  const secondary = {
    RegionName: 'eu-west-1',
    Role: 'SECONDARY',
    UserPoolArn: Arn.replace('us-east-1', 'eu-west-1'),
  }

  t.strictSame(await list(), [primary])
  const invalid = ['InvalidParameterException', /./]
  t.match(await refusal(create({ RegionName: 'us-east-1' })), invalid)
  t.match(await refusal(create({ RegionName: 'Atlantis' })), invalid)
  t.match(await refusal(sdk.send(new cognito.DeleteUserPoolReplicaCommand(replica))), [
    'ResourceNotFoundException',
  ])

  t.strictSame((await create()).UserPoolReplica, { ...secondary, Status: 'CREATING' })
  t.strictSame(await list(), [primary, { ...secondary, Status: 'INACTIVE' }], 'it begins inactive')
  t.match(await refusal(create({ RegionName: 'eu-north-1' })), ['LimitExceededException'])
  const update = (Status: 'ACTIVE' | 'INACTIVE', RegionName = 'eu-west-1') =>
    sdk.send(new cognito.UpdateUserPoolReplicaCommand({ UserPoolId, RegionName, Status }))
  t.match(await update('ACTIVE'), { UserPoolReplica: { ...secondary, Status: 'ACTIVE' } })
  t.match(await refusal(update('INACTIVE', 'us-east-1')), ['ResourceNotFoundException'])
  const again = await restarted()
  t.match(await list(again), [primary, { ...secondary, Status: 'ACTIVE' }])
  t.match(await again.send(new cognito.DeleteUserPoolReplicaCommand(replica)), {
    UserPoolReplica: { ...secondary, Status: 'DELETING' },
  })
  t.strictSame(await list(again), [primary])
})

t.test('which pools can have replicas', async t => {
  const { sdk } = await aPool(t)
  const cases: [why: string, settings: Partial<cognito.CreateUserPoolCommandInput>, error: string][] = [
    ['no key', { IssuerConfiguration: replicable.IssuerConfiguration }, 'InvalidParameterException'],
    ['no issuer', { KeyConfiguration: replicable.KeyConfiguration }, 'InvalidParameterException'],
    [
      'a key of one region',
      {
        ...replicable,
        KeyConfiguration: {
          KeyType: 'CUSTOMER_MANAGED_KEY',
          KmsKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        },
      },
      'InvalidParameterException',
    ],
    ['the tier', { ...replicable, UserPoolTier: 'LITE' }, 'FeatureUnavailableInTierException'],
  ]
  for (const [why, settings, error] of cases) {
    const { UserPool } = await sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'P', ...settings }))
    const asked = { UserPoolId: UserPool?.Id, RegionName: 'eu-west-1' }
    t.match(await refusal(sdk.send(new cognito.CreateUserPoolReplicaCommand(asked))), [error], why)
  }
})

t.test('provisioned limits', async t => {
  const { sdk } = await aPool(t)
  const definition = (Category: string): cognito.LimitDefinitionType => ({
    LimitClass: 'API_CATEGORY',
    Attributes: { Category },
  })
  const get = async (category: string) =>
    (await sdk.send(new cognito.GetProvisionedLimitCommand({ LimitDefinition: definition(category) }))).Limit
  const update = (RequestedLimitValue: number) =>
    sdk.send(
      new cognito.UpdateProvisionedLimitCommand({
        LimitDefinition: definition('UserAuthentication'),
        RequestedLimitValue,
      }),
    )
  const limit = (value: number) => ({
    LimitDefinition: definition('UserAuthentication'),
    ProvisionedLimitValue: value,
    FreeLimitValue: 120,
  })
  t.strictSame(await get('UserAuthentication'), limit(120))
  t.strictSame((await update(200)).Limit, limit(200))
  t.strictSame(await get('UserAuthentication'), limit(200))
  t.match(await get('UserCreation'), { ProvisionedLimitValue: 50, FreeLimitValue: 50 })
  t.match(await refusal(update(119)), ['InvalidParameterException', /120 or more/])
  t.match(await refusal(update(1201)), ['ServiceQuotaExceededException'])
  for (const category of ['Nothing', 'toString'])
    t.match(await refusal(get(category)), ['InvalidParameterException', /UserAuthentication/])
})
