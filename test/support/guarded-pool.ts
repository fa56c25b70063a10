import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { Secret, TOTP } from 'otpauth'
import type { Test } from 'tap'
import { anSdk } from './api.js'
import { signingKeys } from './keys.js'
import { aClock, aRockpool } from './rockpool.js'

export const NAE = 'NotAuthorizedException'
export const IPE = 'InvalidParameterException'
export const password = 'Anemone-4-Marco!'
export const pool = 'us-east-1_Mfa000001'
const SigningKeys = await signingKeys()

export const seed = {
  UserPools: [
    {
      PoolName: 'guarded',
      Id: pool,
      SigningKeys,
      EmailConfiguration: {
        EmailSendingAccount: 'DEVELOPER',
        SourceArn: 'arn:aws:ses:us-east-1:000000000000:identity/reef.example',
      },
      Clients: ['app', 'other'].map(ClientName => ({
        ClientName,
        ClientId: `${ClientName}0id`,
        ExplicitAuthFlows: [
          'ALLOW_USER_PASSWORD_AUTH',
          'ALLOW_USER_SRP_AUTH',
          'ALLOW_ADMIN_USER_PASSWORD_AUTH',
          'ALLOW_REFRESH_TOKEN_AUTH',
        ],
      })),
      Users: [
        { Username: 'bare', Password: password },
        { Username: 'marco', Password: password, UserAttributes: { email: 'marco@reef.example' } },
        {
          Username: 'polo',
          Password: password,
          UserAttributes: { email: 'polo@reef.example', phone_number: '+15550001234' },
        },
        { Username: 'jane', TemporaryPassword: 'Welcome-2-Rockpool!' },
      ],
    },
  ],
}

export type Factor = 'sms' | 'totp' | 'email'

/** What a code of an authenticator app is at a time. */
export const totpAt = (secret = '', timestamp = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })

/** A Rockpool whose pool asks for second factors, and how one signs in to it. */
export async function aGuardedPool(t: Test, mode: 'ON' | 'OPTIONAL' | 'OFF', ...factors: Factor[]) {
  // The client proves with the present time.
  const clock = aClock(Date.now())
  const rockpool = await aRockpool(t, { seed, clock })
  const sdk = anSdk(t, rockpool)
  await sdk.send(
    new cognito.SetUserPoolMfaConfigCommand({
      UserPoolId: pool,
      MfaConfiguration: mode,
      ...(factors.includes('totp') && { SoftwareTokenMfaConfiguration: { Enabled: true } }),
      ...(factors.includes('email') && { EmailMfaConfiguration: { Message: 'Mail {####}', Subject: 'In' } }),
      ...(factors.includes('sms') && {
        SmsMfaConfiguration: {
          SmsAuthenticationMessage: 'Text {####}',
          SmsConfiguration: { SnsCallerArn: 'arn:aws:iam::000000000000:role/sms' },
        },
      }),
    }),
  )
  const signIn = (USERNAME: string, PASSWORD = password, ClientId = 'app0id') =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD },
      }),
    )
  const answer = (
    { ChallengeName, Session }: Pick<cognito.InitiateAuthResponse, 'ChallengeName' | 'Session'>,
    ChallengeResponses: Record<string, string>,
    ClientId = 'app0id',
  ) =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({ ClientId, ChallengeName, Session, ChallengeResponses }),
    )
  const tokenOf = async (username: string, PASSWORD = password) =>
    (await signIn(username, PASSWORD)).AuthenticationResult?.AccessToken ?? ''
  const lastCode = async (username: string): Promise<string> => {
    const answer = await fetch(`${rockpool.baseUrl}/_rockpool/messages?username=${username}`)
    const { messages } = (await answer.json()) as { messages: { secret: string }[] }
    return messages.at(-1)?.secret ?? ''
  }
  const prefer = (AccessToken: string, settings: object) =>
    sdk.send(new cognito.SetUserMFAPreferenceCommand({ AccessToken, ...settings }))
  const preferFor = (Username: string, settings: object) =>
    sdk.send(new cognito.AdminSetUserMFAPreferenceCommand({ UserPoolId: pool, Username, ...settings }))
  /** Gives a user an authenticator app, as they would. */
  const withApp = async (username: string) => {
    const AccessToken = await tokenOf(username)
    const { SecretCode = '' } = await sdk.send(new cognito.AssociateSoftwareTokenCommand({ AccessToken }))
    await sdk.send(
      new cognito.VerifySoftwareTokenCommand({ AccessToken, UserCode: totpAt(SecretCode, clock.now()) }),
    )
    // A code is good once, also for the set-up.
    clock.advance({ seconds: 30 })
    return { AccessToken, secret: SecretCode }
  }
  return { rockpool, clock, sdk, signIn, answer, tokenOf, lastCode, prefer, preferFor, withApp }
}

export const enabled = { Enabled: true }
export const preferred = { Enabled: true, PreferredMfa: true }
