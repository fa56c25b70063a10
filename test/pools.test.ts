import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { anSdk, refusal } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('pools', async t => {
  const { sdk, pool, UserPoolId, rockpool } = await anApi(t)
  t.match(pool, {
    Id: /^us-east-1_[0-9A-Za-z]{9}$/,
    Arn: `arn:aws:cognito-idp:us-east-1:000000000000:userpool/${UserPoolId}`,
    Policies: {
      PasswordPolicy: { MinimumLength: 8, RequireSymbols: true, TemporaryPasswordValidityDays: 7 },
      SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD'] },
    },
    DeletionProtection: 'INACTIVE',
    MfaConfiguration: 'OFF',
    EstimatedNumberOfUsers: 0,
    EmailConfiguration: { EmailSendingAccount: 'COGNITO_DEFAULT' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    UserPoolTier: 'ESSENTIALS',
    VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_CODE' },
  })
  t.equal(pool?.SchemaAttributes?.length, 21)
  t.match(pool?.SchemaAttributes?.[0], { Name: 'sub', Mutable: false, Required: true })
  for (const absent of ['AliasAttributes', 'UsernameAttributes', 'Domain', 'DeviceConfiguration'] as const)
    t.equal(pool?.[absent], undefined, absent)

  const send = sdk.send.bind(sdk)
  const missing = { UserPoolId: 'us-east-1_ZZZZZZZZZ' }
  for (const command of [
    new cognito.DescribeUserPoolCommand(missing),
    new cognito.ListUsersCommand(missing),
    new cognito.ListGroupsCommand(missing),
    new cognito.DescribeIdentityProviderCommand({ ...missing, ProviderName: 'xyz' }),
  ])
    t.strictSame(
      await refusal(send(command as cognito.ListUsersCommand)),
      [RNF, 'User pool us-east-1_ZZZZZZZZZ does not exist.'],
      'U91',
    )
  const elsewhere = anSdk(t, rockpool, 'eu-west-1')
  t.match(
    await refusal(elsewhere.send(new cognito.DescribeUserPoolCommand({ UserPoolId }))),
    [RNF],
    'regions are kept apart',
  )

  const both = { PoolName: 'x', AliasAttributes: ['email'], UsernameAttributes: ['email'] } as const
  t.match(
    await refusal(
      send(
        new cognito.CreateUserPoolCommand({
          ...both,
          AliasAttributes: ['email'],
          UsernameAttributes: ['email'],
        }),
      ),
    ),
    [IPE, 'Only one of the aliasAttributes or usernameAttributes can be set in a User pool.'],
    'U105',
  )

  await send(
    new cognito.UpdateUserPoolCommand({
      UserPoolId,
      DeletionProtection: 'ACTIVE',
      Policies: { PasswordPolicy: { MinimumLength: 20 } },
    }),
  )
  t.match(
    await refusal(send(new cognito.DeleteUserPoolCommand({ UserPoolId }))),
    [IPE, /deletion protection is activated/],
    'U95',
  )
  const { UserPool: partly } = await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.strictSame(
    partly?.Policies?.PasswordPolicy,
    {
      MinimumLength: 20,
      RequireUppercase: false,
      RequireLowercase: false,
      RequireNumbers: false,
      RequireSymbols: false,
      TemporaryPasswordValidityDays: 7,
    },
    'C45 a policy requires what it says',
  )
  await send(new cognito.UpdateUserPoolCommand({ UserPoolId }))
  const { UserPool: reset } = await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
  t.match(
    [reset?.DeletionProtection, reset?.Policies?.PasswordPolicy?.MinimumLength],
    ['INACTIVE', 8],
    'U106',
  )

  t.match(
    await refusal(
      send(
        new cognito.SetUserPoolMfaConfigCommand({
          UserPoolId,
          MfaConfiguration: 'OFF',
          SoftwareTokenMfaConfiguration: { Enabled: true },
        }),
      ),
    ),
    [IPE, "Invalid MFA configuration given, can't turn off MFA and configure an MFA together."],
    'U86',
  )
  await send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  )
  t.match(await send(new cognito.GetUserPoolMfaConfigCommand({ UserPoolId })), {
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  })
  for (const MfaConfiguration of [undefined, 'ON', 'OFF'] as const) {
    await send(new cognito.UpdateUserPoolCommand({ UserPoolId, MfaConfiguration }))
    const { $metadata: _metadata, ...configuration } = await send(
      new cognito.GetUserPoolMfaConfigCommand({ UserPoolId }),
    )
    t.strictSame(
      configuration,
      MfaConfiguration === 'OFF'
        ? { MfaConfiguration: 'OFF' }
        : {
            MfaConfiguration: MfaConfiguration ?? 'OPTIONAL',
            SoftwareTokenMfaConfiguration: { Enabled: true },
          },
      `UpdateUserPool with the mode ${MfaConfiguration}`,
    )
    const { UserPool } = await send(new cognito.DescribeUserPoolCommand({ UserPoolId }))
    t.equal(UserPool?.MfaConfiguration, configuration.MfaConfiguration)
  }
  t.match(
    await refusal(send(new cognito.UpdateUserPoolCommand({ UserPoolId, MfaConfiguration: 'ON' }))),
    [
      IPE,
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    ],
    'a second factor has to be there',
  )
  t.match(
    await refusal(
      send(
        new cognito.CreateUserPoolCommand({
          PoolName: 'x',
          UserPoolTier: 'LITE',
          Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } },
        }),
      ),
    ),
    ['FeatureUnavailableInTierException', /LITE pricing tier configured: Passwordless Sign-In/],
    'U90',
  )

  await send(
    new cognito.AddCustomAttributesCommand({
      UserPoolId,
      CustomAttributes: [{ Name: 'team', AttributeDataType: 'String' }],
    }),
  )
  t.match(
    await refusal(
      send(
        new cognito.AddCustomAttributesCommand({
          UserPoolId,
          CustomAttributes: [{ Name: 'team', AttributeDataType: 'Number' }],
        }),
      ),
    ),
    [IPE, 'custom:team: Existing attribute already has name custom:team.'],
  )

  const domain = (Domain: string) => send(new cognito.CreateUserPoolDomainCommand({ Domain, UserPoolId }))
  t.match(await refusal(domain('Bad_name')), [IPE])
  t.match(await refusal(domain('my-aws-pool')), [IPE, /reserved/])
  await domain('tide')
  t.match(await refusal(domain('tide2')), [IPE, 'User pool already has a domain configured.'], 'U103')
  const { UserPool: other } = await send(new cognito.CreateUserPoolCommand({ PoolName: 'other' }))
  t.match(
    await refusal(send(new cognito.CreateUserPoolDomainCommand({ Domain: 'tide', UserPoolId: other?.Id }))),
    [IPE, 'Domain already associated with another user pool.'],
    'U103',
  )
  t.match(await send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'tide' })), {
    DomainDescription: { UserPoolId, Status: 'ACTIVE', Version: /^\d{14}$/ },
  })
  t.strictSame(
    (await send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'none' }))).DomainDescription,
    {},
    'U102',
  )
  t.strictSame(
    (await elsewhere.send(new cognito.DescribeUserPoolDomainCommand({ Domain: 'tide' }))).DomainDescription,
    {},
    'a domain is known in its region',
  )
  t.match(
    await refusal(send(new cognito.DeleteUserPoolCommand({ UserPoolId }))),
    [IPE, /has a domain configured/],
    'U95',
  )

  const ResourceArn = pool?.Arn ?? ''
  await send(new cognito.TagResourceCommand({ ResourceArn, Tags: { a: '1', b: '2' } }))
  await send(new cognito.UntagResourceCommand({ ResourceArn, TagKeys: ['a'] }))
  t.strictSame((await send(new cognito.ListTagsForResourceCommand({ ResourceArn }))).Tags, { b: '2' })

  for (let index = 0; index < 3; index++)
    await send(new cognito.CreateUserPoolCommand({ PoolName: `p${index}` }))
  const names: string[] = []
  let NextToken: string | undefined
  do {
    const page = await send(new cognito.ListUserPoolsCommand({ MaxResults: 2, NextToken }))
    names.push(...(page.UserPools ?? []).map(({ Name = '' }) => Name))
    ;({ NextToken } = page)
  } while (NextToken !== undefined)
  t.strictSame(names.toSorted(), ['P', 'other', 'p0', 'p1', 'p2'])
  await send(new cognito.DeleteUserPoolDomainCommand({ Domain: 'tide', UserPoolId }))
  await send(new cognito.DeleteUserPoolCommand({ UserPoolId }))
  t.match(await refusal(send(new cognito.DescribeUserPoolCommand({ UserPoolId }))), [RNF])
})

t.test('what members of a pool say of each other', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const arn = (region: string) => `arn:aws:lambda:${region}:000000000000:function:f`
  const text = (Name: string, MinLength: string, MaxLength: string) => ({
    Name,
    AttributeDataType: 'String' as const,
    StringAttributeConstraints: { MinLength, MaxLength },
  })
  const mail = {
    EmailSendingAccount: 'DEVELOPER' as const,
    SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/a',
  }
  const tier = 'FeatureUnavailableInTierException'
  const lite = 'The following features need to be disabled for the LITE pricing tier configured: '
  const cases: [settings: Partial<cognito.CreateUserPoolCommandInput>, code: string, told: string][] = [
    [
      { LambdaConfig: { PreSignUp: arn('eu-west-1') } },
      IPE,
      'Cross-region lambda functions are not supported',
    ],
    [
      {
        UserPoolTier: 'LITE',
        LambdaConfig: { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn: arn('us-east-1') } },
      },
      tier,
      `${lite}Token Customization with Pre-Token Generation Lambda V2_0`,
    ],
    [{ EmailConfiguration: { ...mail, From: 'nobody' } }, IPE, 'Provided From email address is invalid'],
    [{ Schema: [text('email', '5', '2')] }, IPE, 'user.email: Max length cannot be less than min length.'],
    [
      { Schema: [text('team', '5', '2')] },
      IPE,
      "Attribute custom:team cannot have a max length shorter than it's min length",
    ],
    [
      { Schema: [{ Name: 'email', AttributeDataType: 'Number' }] },
      IPE,
      'You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute email',
    ],
    [{ Schema: [{ AttributeDataType: 'String' }] }, IPE, 'A custom attribute of the schema has no Name.'],
  ]
  for (const [settings, code, told] of cases)
    t.strictSame(
      await refusal(sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'x', ...settings }))),
      [code, told],
      told,
    )
  t.match(
    await sdk.send(
      new cognito.CreateUserPoolCommand({
        PoolName: 'x',
        LambdaConfig: { PreSignUp: arn('us-east-1'), KMSKeyID: 'arn:aws:kms:eu-west-1:000000000000:key/k' },
        EmailConfiguration: { ...mail, From: 'Divers <dive@example.com>' },
      }),
    ),
    { UserPool: { EmailConfiguration: { From: 'Divers <dive@example.com>' } } },
  )

  const more = (prefix: string) =>
    sdk.send(
      new cognito.AddCustomAttributesCommand({
        UserPoolId,
        CustomAttributes: Array.from({ length: 25 }, (_, index) => ({
          Name: `${prefix}${index}`,
          AttributeDataType: 'String',
        })),
      }),
    )
  await more('a')
  await more('b')
  t.match(await refusal(more('c')), [IPE, /50 custom attributes/], 'quota')
})

t.test('the token of a page', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  for (const GroupName of ['a', 'b'])
    await sdk.send(new cognito.CreateGroupCommand({ UserPoolId, GroupName }))
  const list = (NextToken: string | undefined) =>
    sdk.send(new cognito.ListGroupsCommand({ UserPoolId, Limit: 1, NextToken }))
  const { NextToken = '' } = await list(undefined)
  t.match(await list(NextToken), { Groups: [{ GroupName: 'b' }], NextToken: undefined })
  const turned = NextToken.startsWith('A') ? `B${NextToken.slice(1)}` : `A${NextToken.slice(1)}`
  const mismatch = [IPE, 'Paging Marker is Invalid for Request']
  t.strictSame(await refusal(list(turned)), mismatch, 'is refused when it was altered')
  t.strictSame(
    await refusal(sdk.send(new cognito.ListIdentityProvidersCommand({ UserPoolId, NextToken }))),
    mismatch,
    'or comes with another listing',
  )
  t.strictSame(await refusal(list('garbage')), [IPE, 'Invalid pagination token.'], 'or was none')
})

t.test('pools of a seed are listed in its order, at whatever speed they were made', async t => {
  const names = ['tide', 'reef', 'zenith', 'atoll', 'bay', 'surf', 'kelp', 'cove', 'lagoon', 'dune']
  const rockpool = await aRockpool(t, {
    clock: aClock(),
    seed: { UserPools: names.map(PoolName => ({ PoolName })) },
  })
  t.strictSame(
    rockpool.pools.map(({ name }) => name),
    names,
  )
})
