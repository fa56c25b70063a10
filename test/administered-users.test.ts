import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anApi } from './support/an-api.js'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'

// What administrators ask for besides: each member of the operations has its effect.

t.test('ForceAliasCreation moves a verified address to the user who is created', async t => {
  const { sdk, UserPoolId } = await anApi(t, { AliasAttributes: ['email'] })
  const address = [
    { Name: 'email', Value: 'one@reef.example' },
    { Name: 'email_verified', Value: 'true' },
  ]
  const create = (Username: string, more: Partial<cognito.AdminCreateUserCommandInput> = {}) =>
    sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId,
        Username,
        MessageAction: 'SUPPRESS',
        UserAttributes: address,
        ...more,
      }),
    )
  const found = async (Username: string) => {
    const user = await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username }))
    const verified = user.UserAttributes?.find(({ Name }) => Name === 'email_verified')?.Value
    return [user.Username, verified]
  }
  await create('ada')
  t.match(await refusal(create('jane')), ['AliasExistsException'])
  const weak = create('jane', { ForceAliasCreation: true, TemporaryPassword: 'weak' })
  t.match(await refusal(weak), ['InvalidPasswordException'])
  t.match(await refusal(create('ada', { ForceAliasCreation: true })), ['UsernameExistsException'])
  t.strictSame(await found('one@reef.example'), ['ada', 'true'], 'a refused request moves nothing')
  await create('jane', { ForceAliasCreation: true })
  t.strictSame(await found('one@reef.example'), ['jane', 'true'])
  t.strictSame(await found('ada'), ['ada', 'false'], 'the other user has it unverified')
})

t.test('what an administrator sends along reaches the trigger that writes the letter', async t => {
  const seen: unknown[] = []
  const UserPoolId = 'us-east-1_Reef00001'
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: UserPoolId,
          AutoVerifiedAttributes: ['email'],
          Users: [
            {
              Username: 'ada',
              Password: 'Anemone-4-Marco!',
              UserAttributes: { email: 'ada@reef.example', email_verified: true },
            },
          ],
        },
      ],
    },
    triggers: {
      reef: {
        CustomMessage: event => {
          seen.push([event.triggerSource, event.request.clientMetadata])
          return event
        },
      },
    },
  })
  const sdk = anSdk(t, rockpool)
  const user = { UserPoolId, Username: 'ada', ClientMetadata: { from: 'the office' } }
  const change = (...UserAttributes: cognito.AttributeType[]) =>
    sdk.send(new cognito.AdminUpdateUserAttributesCommand({ ...user, UserAttributes }))
  await change({ Name: 'email', Value: 'two@reef.example' }, { Name: 'email_verified', Value: 'true' })
  await change({ Name: 'email', Value: 'two@reef.example' })
  t.strictSame(seen, [], 'an address that is said to be verified, or is the same, needs no code')
  await sdk.send(new cognito.AdminResetUserPasswordCommand(user))
  await change({ Name: 'email', Value: 'three@reef.example' })
  t.strictSame(seen, [
    ['CustomMessage_ForgotPassword', user.ClientMetadata],
    ['CustomMessage_UpdateUserAttribute', user.ClientMetadata],
  ])
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=ada`)
  t.match(await answer.json(), { messages: [{ to: 'two@reef.example' }, { to: 'three@reef.example' }] })
})

t.test('a custom domain keeps what matters on AWS alone', async t => {
  const { sdk, UserPoolId } = await anApi(t)
  const send = sdk.send.bind(sdk)
  const Domain = 'auth.reef.example'
  const CertificateArn = 'arn:aws:acm:us-east-1:000000000000:certificate/1'
  const Routing = { Failover: { SecondaryRegion: 'us-west-2', PrimaryRoute53HealthCheckId: 'h-1' } }
  const described = async () =>
    (await send(new cognito.DescribeUserPoolDomainCommand({ Domain }))).DomainDescription
  const SecurityPolicy = 'TLS_V1_2_2021' as const
  const created = await send(
    new cognito.CreateUserPoolDomainCommand({
      UserPoolId,
      Domain,
      CustomDomainConfig: { CertificateArn, SecurityPolicy },
      Routing,
    }),
  )
  t.strictSame(created.Routing, Routing)
  t.match(await described(), { CustomDomainConfig: { CertificateArn, SecurityPolicy }, Routing })
  const newer = { CertificateArn, SecurityPolicy: 'TLS_V1_3_2025' as const }
  await send(new cognito.UpdateUserPoolDomainCommand({ UserPoolId, Domain, CustomDomainConfig: newer }))
  t.match(await described(), { CustomDomainConfig: newer, Routing })
  t.match(
    await refusal(send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'reef', Routing }))),
    ['InvalidParameterException', 'Routing can be set for a custom domain only.'],
  )
})
