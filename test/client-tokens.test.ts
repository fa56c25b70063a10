import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import t from 'tap'
import type { Rockpool } from '../src/emulator.js'
import { anApi } from './support/an-api.js'
import { anSdk, refusal } from './support/api.js'
import { claimsOf } from './support/oauth-client.js'
import { aClock, aRockpool } from './support/rockpool.js'

const NAE = 'NotAuthorizedException'
const IPE = 'InvalidParameterException'

/** The SDK's types lack the flow, which AWS's own samples send. */
const ALLOW_CLIENT_TOKEN_AUTH = 'ALLOW_CLIENT_TOKEN_AUTH' as cognito.ExplicitAuthFlowsType
const flows = { ExplicitAuthFlows: [ALLOW_CLIENT_TOKEN_AUTH] }

/** A pool with a resource server, and a client made by the SDK for tokens of its own. */
async function aMachine(
  t: Parameters<typeof anApi>[0],
  settings: Partial<cognito.CreateUserPoolClientCommandInput> = {},
) {
  const { sdk, rockpool, UserPoolId, clock } = await anApi(t)
  await sdk.send(
    new cognito.CreateResourceServerCommand({
      UserPoolId,
      Identifier: 'api',
      Name: 'Api',
      Scopes: ['read', 'write'].map(ScopeName => ({ ScopeName, ScopeDescription: ScopeName })),
    }),
  )
  const { UserPoolClient } = await sdk.send(
    new cognito.CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: 'machine',
      GenerateSecret: true,
      AllowedOAuthScopes: ['api/read', 'api/write'],
      ...flows,
      ...settings,
    }),
  )
  const { ClientId = '', ClientSecret: Secret = '' } = UserPoolClient ?? {}
  const ask = (more: Partial<cognito.GetClientTokenCommandInput> = {}) =>
    sdk.send(new cognito.GetClientTokenCommand({ ClientId, Secret, ...more }))
  return { sdk, rockpool, clock, UserPoolId, ClientId, Secret, ask }
}

/** The request as the service takes it from anybody: nothing signs it. */
async function unsigned({ baseUrl }: Pick<Rockpool, 'baseUrl'>, body: object) {
  const answer = await fetch(baseUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSCognitoIdentityProviderService.GetClientToken',
    },
    body: JSON.stringify(body),
  })
  return (await answer.json()) as cognito.GetClientTokenCommandOutput
}

t.test('N34 a client’s own token: all scopes of the client, and its validity', async t => {
  const { rockpool, UserPoolId, ClientId, Secret, ask } = await aMachine(t, {
    AccessTokenValidity: 5,
    TokenValidityUnits: { AccessToken: 'minutes' },
  })
  const signed = await ask()
  const { ClientAuthenticationResult: result } = await unsigned(rockpool, { ClientId, Secret })
  for (const { AccessToken = '', ...rest } of [signed.ClientAuthenticationResult ?? {}, result ?? {}]) {
    t.strictSame(rest, { ExpiresIn: 300, TokenType: 'Bearer' })
    const claims = claimsOf(AccessToken)
    t.match(claims, { token_use: 'access', client_id: ClientId, scope: 'api/read api/write' })
    t.equal(Number(claims.exp) - Number(claims.iat), 300)
    const issuer = `${rockpool.baseUrl}/${UserPoolId}`
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`))
    t.ok(await jwtVerify(AccessToken, keys, { issuer, currentDate: new Date(Number(claims.iat) * 1000) }))
  }
  const { ClientAuthenticationResult: less } = await ask({ Scopes: ['api/write'] })
  t.match(claimsOf(less?.AccessToken), { scope: 'api/write' }, 'or those that are asked for')
  t.strictSame(await refusal(ask({ Scopes: ['api/write', 'api/delete'] })), [
    IPE,
    'Invalid scope requested: api/delete',
  ])
})

t.test('N35 a wrong secret is refused, and a second one works at once', async t => {
  const { sdk, UserPoolId, ClientId, ask } = await aMachine(t)
  t.strictSame(await refusal(ask({ Secret: 'x'.repeat(51) })), [NAE, 'Invalid client or secret'])
  const { ClientSecretDescriptor } = await sdk.send(
    new cognito.AddUserPoolClientSecretCommand({ UserPoolId, ClientId }),
  )
  const added = await ask({ Secret: ClientSecretDescriptor?.ClientSecretValue })
  t.ok(added.ClientAuthenticationResult?.AccessToken)
  t.ok((await ask()).ClientAuthenticationResult?.AccessToken, 'and so does the first')
  t.match(await refusal(ask({ ClientId: 'nobody' })), ['ResourceNotFoundException'])
})

t.test('N36 the flow has to be allowed, and is allowed alone', async t => {
  const { sdk, UserPoolId, ask } = await aMachine(t, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] })
  t.match(await refusal(ask()), [NAE, /ALLOW_CLIENT_TOKEN_AUTH/])
  const create = (more: Partial<cognito.CreateUserPoolClientCommandInput>) =>
    sdk.send(
      new cognito.CreateUserPoolClientCommand({ UserPoolId, ClientName: 'c', GenerateSecret: true, ...more }),
    )
  const both = [...flows.ExplicitAuthFlows, 'ALLOW_USER_SRP_AUTH' as const]
  t.match(await refusal(create({ ExplicitAuthFlows: both })), [IPE, /ALLOW_CLIENT_TOKEN_AUTH/])
  const { UserPoolClient: made } = await create({
    ...flows,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['api/read'],
    AllowedOAuthFlowsUserPoolClient: true,
  })
  t.strictSame(made?.ExplicitAuthFlows, flows.ExplicitAuthFlows, 'beside the grant of the token endpoint')
  const own = { ClientId: made?.ClientId, Secret: made?.ClientSecret }
  t.match(claimsOf((await ask(own)).ClientAuthenticationResult?.AccessToken), { scope: 'api/read' })
  const { UserPoolClient: bare } = await create(flows)
  t.match(
    await refusal(ask({ ClientId: bare?.ClientId, Secret: bare?.ClientSecret })),
    [IPE],
    'a client without scopes has no token',
  )
})

t.test('N37 ClientMetadata reaches version 3 of the trigger before tokens', async t => {
  const events: { request: object; triggerSource: string }[] = []
  let refuses = false
  const rockpool = await aRockpool(t, {
    clock: aClock(),
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: 'us-east-1_Reef00001',
          ResourceServers: [
            { Identifier: 'api', Name: 'Api', Scopes: [{ ScopeName: 'read', ScopeDescription: 'read' }] },
          ],
          Clients: [
            {
              ClientName: 'machine',
              ClientId: 'machine0id',
              ClientSecret: 'asecretofthirtycharactersormore',
              AllowedOAuthScopes: ['api/read'],
              ...flows,
            },
          ],
        },
      ],
    },
    triggers: {
      reef: {
        PreTokenGeneration: {
          Version: 'V3_0',
          Function: event => {
            events.push(structuredClone(event) as (typeof events)[number])
            if (refuses) throw new Error('low tide')
            return event
          },
        },
      },
    },
  })
  const sdk = anSdk(t, rockpool)
  const ask = () =>
    sdk.send(
      new cognito.GetClientTokenCommand({
        ClientId: 'machine0id',
        Secret: 'asecretofthirtycharactersormore',
        ClientMetadata: { tide: 'low' },
      }),
    )
  await ask()
  t.match(events, [
    {
      triggerSource: 'TokenGeneration_ClientCredentials',
      request: { clientMetadata: { tide: 'low' }, scopes: ['api/read'] },
    },
  ])
  refuses = true
  t.strictSame(await refusal(ask()), [NAE, 'PreTokenGeneration failed with error low tide.'])
})
