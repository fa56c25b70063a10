import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import type { HandlerFunction, TriggerEvent, TriggerHandlers } from '../../src/index.js'
import { anSdk } from './api.js'
import { signingKeys } from './keys.js'
import { aClock, aRockpool } from './rockpool.js'

export const password = 'Anemone-4-Marco!'
export const poolId = 'us-east-1_Reef00001'
const SigningKeys = await signingKeys()

export const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: poolId,
      SigningKeys,
      AliasAttributes: ['email'],
      AutoVerifiedAttributes: ['email'],
      Clients: [
        {
          ClientName: 'app',
          ClientId: 'app0id',
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          UserAttributes: { email: 'marco@reef.example', email_verified: true },
        },
      ],
    },
  ],
}

/** The handlers, with every event that they are given. */
export function watched(handlers: TriggerHandlers) {
  const events: TriggerEvent[] = []
  const seen = Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => {
      const given = typeof handler === 'function' ? handler : (handler as HandlerFunction).Function
      const watching = (event: TriggerEvent) => {
        events.push(structuredClone(event))
        return (given as (event: TriggerEvent) => TriggerEvent)(event)
      }
      const how = typeof handler === 'function' ? {} : (handler as HandlerFunction)
      return [name, { ...how, Function: watching }]
    }),
  )
  return { events, handlers: seen as TriggerHandlers }
}

/** Signs up by name, at the address of the reef unless another is given. */
export const signUpAs =
  (sdk: cognito.CognitoIdentityProviderClient) =>
  (Username: string, email = `${Username}@reef.example`) =>
    sdk.send(
      new cognito.SignUpCommand({
        ClientId: 'app0id',
        Username,
        Password: password,
        UserAttributes: [{ Name: 'email', Value: email }],
      }),
    )

/** A Rockpool with that pool, and what its triggers were given. */
export async function aReef(t: Test, given: TriggerHandlers = {}) {
  const { events, handlers } = watched(given)
  const rockpool = await aRockpool(t, { seed, clock: aClock(), triggers: { reef: handlers } })
  const sdk = anSdk(t, rockpool)
  const signUp = (Username: string, more: Partial<cognito.SignUpCommandInput> = {}) =>
    sdk.send(
      new cognito.SignUpCommand({
        ClientId: 'app0id',
        Username,
        Password: password,
        UserAttributes: [{ Name: 'email', Value: `${Username}@reef.example` }],
        ...more,
      }),
    )
  const userOf = (Username: string) =>
    sdk.send(new cognito.AdminGetUserCommand({ UserPoolId: poolId, Username }))
  const codeFor = async (username: string) => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  return { rockpool, sdk, events, signUp, userOf, codeFor, admin: { UserPoolId: poolId } }
}

/** The client of `reef` that people come to through `tide`. */
export const through = { client_id: 'through0id' }

export const pass = async <E>(event: E): Promise<E> => event

export function refuse(message: string): () => never {
  return () => {
    throw new Error(message)
  }
}

/** Signs marco in, or refreshes. */
export const initiate = (
  sdk: cognito.CognitoIdentityProviderClient,
  AuthFlow: cognito.AuthFlowType = 'USER_PASSWORD_AUTH',
  AuthParameters: Record<string, string> = { USERNAME: 'marco', PASSWORD: password },
  more: Partial<cognito.InitiateAuthCommandInput> = {},
) => sdk.send(new cognito.InitiateAuthCommand({ ClientId: 'app0id', AuthFlow, AuthParameters, ...more }))
