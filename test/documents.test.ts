import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { seedOf } from '../src/config/seed/read.js'
import { anApi } from './support/an-api.js'
import { anSdk, refusal } from './support/api.js'
import { aRockpool } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

t.test('looks, terms and threat protection are set, read back and refused by their rules', async t => {
  const { sdk, UserPoolId } = await anApi(t, { UserPoolAddOns: { AdvancedSecurityMode: 'AUDIT' } })
  const send = sdk.send.bind(sdk)
  t.match(await refusal(send(new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '' }))), [
    IPE,
    'A domain must be associated with this user pool.',
  ])
  await send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: 'looks' }))
  t.match(
    await refusal(send(new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '.nav { color: red }' }))),
    [IPE, 'The CSS class nav is not in the list of allowed classes.'],
  )
  await send(
    new cognito.SetUICustomizationCommand({ UserPoolId, CSS: '.banner-customizable { color: red }' }),
  )
  t.match(await send(new cognito.GetUICustomizationCommand({ UserPoolId })), {
    UICustomization: { CSS: /red/, ClientId: 'ALL' },
  })

  const { UserPoolClient } = await send(
    new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c' }),
  )
  const client = { UserPoolId, ClientId: UserPoolClient?.ClientId }
  const style = { ...client, UseCognitoProvidedValues: true }
  const { ManagedLoginBranding: branding } = await send(new cognito.CreateManagedLoginBrandingCommand(style))
  t.match(await refusal(send(new cognito.CreateManagedLoginBrandingCommand(style))), [
    'ManagedLoginBrandingExistsException',
  ])
  t.match(
    await refusal(
      send(
        new cognito.UpdateManagedLoginBrandingCommand({
          UserPoolId,
          ManagedLoginBrandingId: branding?.ManagedLoginBrandingId,
          UseCognitoProvidedValues: true,
          Settings: { a: 1 },
        }),
      ),
    ),
    [IPE, /but not both/],
  )
  t.match(await send(new cognito.DescribeManagedLoginBrandingByClientCommand(client)), {
    ManagedLoginBranding: { UseCognitoProvidedValues: true, Assets: [] },
  })
  await send(
    new cognito.DeleteManagedLoginBrandingCommand({
      UserPoolId,
      ManagedLoginBrandingId: branding?.ManagedLoginBrandingId,
    }),
  )
  t.match(await refusal(send(new cognito.DescribeManagedLoginBrandingByClientCommand(client))), [RNF])

  const terms = {
    ...client,
    TermsName: 'terms-of-use',
    TermsSource: 'LINK',
    Enforcement: 'NONE',
    Links: { 'cognito:default': 'https://app.example/terms' },
  } as const
  await send(new cognito.CreateTermsCommand(terms))
  t.match(await refusal(send(new cognito.CreateTermsCommand(terms))), ['TermsExistsException'])
  t.match(await send(new cognito.ListTermsCommand({ UserPoolId })), {
    Terms: [{ TermsName: 'terms-of-use' }],
  })

  const { Terms: listed = [] } = await send(new cognito.ListTermsCommand({ UserPoolId }))
  const byId = { UserPoolId, TermsId: listed[0]?.TermsId }
  const byClient = (more: Partial<cognito.DescribeTermsByClientCommandInput> = {}) =>
    send(new cognito.DescribeTermsByClientCommand({ ...client, TermsName: 'terms-of-use', ...more }))
  t.strictSame(
    (await byClient()).Terms,
    (await send(new cognito.DescribeTermsCommand(byId))).Terms,
    'N65 terms by their client and name are the same',
  )
  t.match(await refusal(byClient({ TermsName: 'privacy-policy' })), [RNF])

  t.match(
    await refusal(
      send(
        new cognito.SetRiskConfigurationCommand({
          UserPoolId,
          RiskExceptionConfiguration: { BlockedIPRangeList: ['nonsense'] },
        }),
      ),
    ),
    [IPE, 'Incorrect CIDR format'],
  )
  await send(
    new cognito.SetRiskConfigurationCommand({
      UserPoolId,
      RiskExceptionConfiguration: { BlockedIPRangeList: ['10.0.0.0/8'] },
    }),
  )
  t.match(await send(new cognito.DescribeRiskConfigurationCommand({ UserPoolId })), {
    RiskConfiguration: { RiskExceptionConfiguration: { BlockedIPRangeList: ['10.0.0.0/8'] } },
  })
  t.match(await send(new cognito.GetLogDeliveryConfigurationCommand({ UserPoolId })), {
    LogDeliveryConfiguration: { LogConfigurations: [] },
  })
})

t.test('a look of the classic pages needs a domain in a seed too, and stays when that goes', async t => {
  const seed = (more: object) => ({ UserPools: [{ PoolName: 'p', ...more, UICustomizations: [{ CSS }] }] })
  const CSS = '.banner-customizable { background-color: #112233; }'
  t.throws(() => seedOf(seed({})), {
    message: /UserPools\[0\]\.UICustomizations\n +p has no domain, and so no hosted pages\./,
  })
  const rockpool = await aRockpool(t, { seed: seed({ Domain: 'looks' }) })
  const sdk = anSdk(t, rockpool)
  const UserPoolId = rockpool.pools[0]?.id
  const isExported = async () => /UICustomizations/.test(await rockpool.operations.exportPools('seed'))
  t.ok(await isExported())
  await sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'looks' }))
  const { UICustomization } = await sdk.send(new cognito.GetUICustomizationCommand({ UserPoolId }))
  t.equal(UICustomization?.CSS, CSS, 'the pool keeps it')
  t.notOk(await isExported(), 'and nobody could set it')
})
