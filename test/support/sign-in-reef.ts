import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import { anSdk } from './api.js'
import { initiator } from './initiate.js'
import { signingKeys } from './keys.js'
import { aClock, aRockpool } from './rockpool.js'

export const IPE = 'InvalidParameterException'
export const NAE = 'NotAuthorizedException'
export const password = 'Anemone-4-Marco!'
export const SigningKeys = await signingKeys()

export const client = (ClientName: string, more: object = {}) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  ExplicitAuthFlows: [
    'ALLOW_USER_PASSWORD_AUTH',
    'ALLOW_USER_SRP_AUTH',
    'ALLOW_ADMIN_USER_PASSWORD_AUTH',
    'ALLOW_REFRESH_TOKEN_AUTH',
  ],
  ...more,
})

export const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef00001',
      Domain: 'reef',
      SigningKeys,
      Schema: [{ Name: 'tank', AttributeDataType: 'String', Mutable: true }],
      Clients: [
        client('app'),
        client('bare', { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] }),
        client('secret', { ClientSecret: 'asecretofthirtycharactersormore' }),
        client('hiding', { PreventUserExistenceErrors: 'ENABLED' }),
        client('rotating', {
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
          RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
        }),
      ],
      Users: [
        { Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } },
        {
          Username: 'jane',
          TemporaryPassword: 'Welcome-2-Rockpool!',
          UserAttributes: { email: 'jane@reef.example' },
        },
      ],
    },
  ],
}

/** A Rockpool with that pool, and how one signs in. */
export async function aReef(t: Test) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed, clock })
  const sdk = anSdk(t, rockpool)
  const initiate = initiator(sdk, 'USER_PASSWORD_AUTH')
  const signIn = async (USERNAME = 'marco', ClientId = 'app0id') =>
    (await initiate({ USERNAME, PASSWORD: password }, { ClientId })).AuthenticationResult ?? {}
  const getUser = (AccessToken = '') => sdk.send(new cognito.GetUserCommand({ AccessToken }))
  const refresh = (REFRESH_TOKEN = '', AuthFlow: cognito.AuthFlowType = 'REFRESH_TOKEN_AUTH') =>
    initiate({ REFRESH_TOKEN }, { AuthFlow })
  return { rockpool, clock, sdk, initiate, signIn, getUser, refresh }
}

export const claimsOf = (jwt = '') => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())
