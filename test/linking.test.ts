import {
  AdminCreateUserCommand,
  AdminDisableProviderForUserCommand,
  AdminGetUserCommand,
  AdminLinkProviderForUserCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { refusal } from './support/api.js'
import { aSamlReef, idToken, poolId, type SamlReef, signIn, usersOf } from './support/saml-reef.js'

/** Accounts at SAML and social providers that lead to users of the pool (docs/facts/saml-and-social.md §5). */

const social = (ProviderType: string, details: Record<string, string> = {}) => ({
  ProviderName: ProviderType,
  ProviderType,
  ProviderDetails: {
    client_id: 'reef',
    ...(ProviderType === 'SignInWithApple'
      ? { team_id: 'TEAM123456', key_id: 'KEY1234567', private_key: 'a-key-of-the-reef' }
      : { client_secret: 'a-secret-of-the-reef' }),
    authorize_scopes: 'email',
    ...details,
  },
  AttributeMapping: { email: 'email' },
})

async function aReef(t: Test, given: SamlReef = {}) {
  const reef = await aSamlReef(t, { pool: { UsernameConfiguration: { CaseSensitive: true } }, ...given })
  const { sdk } = reef
  const create = (Username: string) =>
    sdk.send(new AdminCreateUserCommand({ UserPoolId: poolId, Username, MessageAction: 'SUPPRESS' }))
  const link = (name: string, value: string, { provider = 'Corp', user = 'ada' } = {}) =>
    sdk.send(
      new AdminLinkProviderForUserCommand({
        UserPoolId: poolId,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: user },
        SourceUser: {
          ProviderName: provider,
          ProviderAttributeName: name,
          ProviderAttributeValue: value,
        },
      }),
    )
  const disable = (ProviderAttributeName: string, ProviderAttributeValue: string) =>
    sdk.send(
      new AdminDisableProviderForUserCommand({
        UserPoolId: poolId,
        User: { ProviderName: 'Corp', ProviderAttributeName, ProviderAttributeValue },
      }),
    )
  const identities = async (Username = 'ada') => {
    const { UserAttributes = [] } = await sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username }))
    return JSON.parse(UserAttributes.find(({ Name }) => Name === 'identities')?.Value ?? '[]') as {
      userId: string
    }[]
  }
  return { reef, create, link, disable, identities }
}

t.test('an account at a SAML provider that was linked by an attribute', async t => {
  const { reef, create, link, disable, identities } = await aReef(t)
  await create('ada')
  await link('email', 'ann@example.com')
  t.match(await identities(), [{ userId: 'ann@example.com', primary: false }], 'the value that links')
  const claims = { sub: 'ann-1', email: 'ann@example.com' }
  const token = await idToken(reef, await signIn(reef, { claims }))
  t.match(
    token,
    {
      'cognito:username': 'ada',
      email: 'ann@example.com',
      identities: [{ providerName: 'Corp', providerType: 'SAML', primary: 'false' }],
    },
    'S36 the local user signs in, by an identity that is not primary',
  )
  t.notOk(token['cognito:groups'], 'and gets no group of the provider')
  t.equal((await usersOf(reef)).length, 1)
  t.match(
    await identities(),
    [{ userId: 'ann-1', issuer: `${reef.rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata` }],
    'after the first sign-in it is the NameID that counts',
  )
  const moved = await signIn(reef, { claims: { ...claims, email: 'ann@elsewhere.example' } })
  t.equal((await idToken(reef, moved))['cognito:username'], 'ada', 'whatever the address is by then')

  t.match(await refusal(disable('email', 'ann@example.com')), ['UserNotFoundException'])
  await disable('Cognito_Subject', 'ann-1')
  t.strictSame(await identities(), [], 'and by the NameID it is unlinked')
  const own = await idToken(reef, await signIn(reef, { claims }))
  t.equal(own['cognito:username'], 'Corp_ann-1', 'the next sign-in makes a profile of its own')
  t.match(
    await refusal(link('Cognito_Subject', 'ann-1')),
    ['InvalidParameterException', /has not been signed up/],
    'which has to be deleted before it is linked again',
  )
})

t.test('an account that was never used is unlinked by what linked it, and linked again', async t => {
  const { reef, create, link, disable, identities } = await aReef(t)
  await create('ada')
  await create('bob')
  await link('email', 'ann@example.com')
  t.match(await refusal(link('email', 'ann@example.com', { user: 'bob' })), ['AliasExistsException'])
  await disable('email', 'ann@example.com')
  t.strictSame(await identities(), [])
  await link('email', 'ann@example.com', { user: 'bob' })
  const token = await idToken(reef, await signIn(reef))
  t.equal(token['cognito:username'], 'bob')
})

t.test('S37 a social account is linked by its subject alone', async t => {
  const types = {
    Google: 'sub',
    Facebook: 'id',
    LoginWithAmazon: 'user_id',
    SignInWithApple: 'sub',
  }
  const { create, link, identities } = await aReef(t, {
    providers: Object.keys(types).map(type => social(type)),
  })
  await create('ada')
  for (const provider of Object.keys(types)) {
    const [code, told] = await refusal(link('email', 'ann@example.com', { provider }))
    t.strictSame(
      [code, told],
      ['InvalidParameterException', 'Invalid ProviderAttributeName of SourceUser: email'],
      provider,
    )
    await link('Cognito_Subject', `${provider}-1`, { provider })
  }
  t.match(
    await identities(),
    Object.keys(types).map(type => ({
      userId: `${type}-1`,
      providerName: type,
      providerType: type,
      issuer: null,
    })),
  )
})

t.test('S57 five attributes to link by, and five identities of a user', async t => {
  const names = ['email', 'name', 'given_name', 'family_name', 'nickname', 'locale']
  const { create, link } = await aReef(t, {
    mapping: Object.fromEntries(names.map(name => [name, name])),
  })
  await create('ada')
  await create('bob')
  for (const name of names.slice(0, 5)) await link(name, `ada's ${name}`)
  t.match(
    await refusal(link('email', 'another', { user: 'ada' })),
    ['LimitExceededException'],
    'a sixth identity of one user',
  )
  t.match(
    await refusal(link('locale', 'en', { user: 'bob' })),
    ['LimitExceededException'],
    'a sixth attribute name of one provider',
  )
  await link('email', 'bob@example.com', { user: 'bob' })
  await link('Cognito_Subject', 'bob-1', { user: 'bob' })
})
