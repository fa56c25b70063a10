import { createHmac } from 'node:crypto'
import { request } from 'node:http'
import t from 'tap'
import { aRockpool } from './support/rockpool.js'
import { SigningKeys } from './support/sign-in-reef.js'

// SDKs that cannot run in these tests, or are too large for them: their requests, header by header. Apps that were never built
// anew send these, many to the host name of AWS.

const password = 'Anemone-4-Marco!'
const ClientSecret = 'asecretofthirtycharactersormore'
const UserPoolId = 'us-east-1_Reef00001'
const pool = (PoolName: string, ClientId: string, more: object) => ({
  PoolName,
  SigningKeys,
  UsernameAttributes: ['email'],
  Clients: [
    {
      ClientName: 'app',
      ClientId,
      ClientSecret,
      ExplicitAuthFlows: ['ADMIN_NO_SRP_AUTH', 'USER_PASSWORD_AUTH'],
    },
  ],
  Users: [{ Username: 'marco@reef.example', Password: password }],
  ...more,
})
/** The second one remembers devices. */
const pools = [
  pool('reef', 'app0id', { Id: UserPoolId }),
  pool('bay', 'bay0id', {
    DeviceConfiguration: { ChallengeRequiredOnNewDevice: false, DeviceOnlyRememberedOnUserPrompt: false },
  }),
]

const hash = (name: string, client = 'app0id') =>
  createHmac('sha256', ClientSecret).update(`${name}${client}`).digest('base64')

/** Signed as every SDK signs; the signature is not checked. */
const authorization =
  'AWS4-HMAC-SHA256 Credential=AKID/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=content-length;content-type;host;x-amz-date;x-amz-target, Signature=00ff'

/** What each SDK says of itself, as it writes the names of headers. */
const headersOf = {
  android: {
    'Content-Type': 'application/x-amz-json-1.1',
    'User-Agent': 'aws-sdk-android/2.75.0 Linux/5.10 Dalvik/2.1.0/0 en_US',
    'aws-sdk-invocation-id': '7e1a6c30-52b4-4f3e-9d2f-1f3f2f0b7c11',
    'aws-sdk-retry': '0/0',
  },
  ios: {
    'Content-Type': 'application/x-amz-json-1.1',
    'User-Agent': 'aws-sdk-iOS/2.33.4 iOS/17.0 en_US',
    'Accept-Encoding': '',
  },
  dart: {
    'content-type': 'application/x-amz-json-1.1; charset=utf-8',
    'x-amz-user-agent': 'aws-amplify/0.1.x dart',
  },
  'javascript 2': {
    'User-Agent': 'aws-sdk-nodejs/2.1693.0 linux/v20.19.0 promise',
    'Content-Type': 'application/x-amz-json-1.1',
    'X-Amz-Content-Sha256': '0'.repeat(64),
    'X-Amz-Date': '20261125T120000Z',
    Authorization: authorization,
  },
} as const

interface Answer {
  readonly AuthenticationResult?: Record<string, string> & {
    readonly NewDeviceMetadata?: { readonly DeviceKey: string }
  }
  readonly __type?: string
  readonly message?: string
}

t.test('older SDKs sign in and refresh, at our address and under the name of AWS', async t => {
  const { address } = await aRockpool(t, { seed: { UserPools: pools } })
  const send = (sdk: keyof typeof headersOf, host: string, operation: string, input: object) =>
    new Promise<{ status: number; errorType: unknown; body: Answer }>((answered, failed) => {
      const body = JSON.stringify(input)
      const headers = {
        ...headersOf[sdk],
        Host: host,
        'X-Amz-Target': `AWSCognitoIdentityProviderService.${operation}`,
        'Content-Length': Buffer.byteLength(body),
      }
      request({ host: '127.0.0.1', port: address.port, path: '/', method: 'POST', headers }, response => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', chunk => {
          text += chunk
        })
        response.on('end', () => {
          const { statusCode: status = 0, headers } = response
          answered({ status, errorType: headers['x-amzn-errortype'], body: JSON.parse(text) })
        })
      })
        .on('error', failed)
        .end(body)
    })
  const username = 'marco@reef.example'
  const AuthParameters = { USERNAME: username, PASSWORD: password, SECRET_HASH: hash(username) }

  for (const host of [`localhost:${address.port}`, 'cognito-idp.us-east-1.amazonaws.com']) {
    const signIn = async (sdk: keyof typeof headersOf, ClientId = 'app0id') => {
      const SECRET_HASH = hash(username, ClientId)
      const input = {
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId,
        AuthParameters: { ...AuthParameters, SECRET_HASH },
      }
      const { status, body } = await send(sdk, host, 'InitiateAuth', input)
      t.equal(status, 200, `${sdk} signs in at ${host}`)
      return body.AuthenticationResult ?? {}
    }
    const refreshes = async (
      sdk: keyof typeof headersOf,
      AuthFlow: 'REFRESH_TOKEN_AUTH' | 'REFRESH_TOKEN',
      more: (tokens: NonNullable<Answer['AuthenticationResult']>) => object,
    ) => {
      const tokens = await signIn(sdk)
      const { status, body } = await send(sdk, host, 'InitiateAuth', {
        AuthFlow,
        ClientId: 'app0id',
        AuthParameters: { REFRESH_TOKEN: tokens.RefreshToken, ...more(tokens) },
        // Members that these SDKs always write.
        ClientMetadata: {},
        UserContextData: null,
      })
      t.match(
        [status, body],
        [200, { AuthenticationResult: { AccessToken: /^eyJ/, IdToken: /^eyJ/ } }],
        `${sdk}: ${AuthFlow}`,
      )
    }
    const subOf = ({ AccessToken = '' }: Record<string, unknown>) =>
      JSON.parse(Buffer.from(String(AccessToken).split('.')[1] ?? '', 'base64url').toString()).sub

    await refreshes('android', 'REFRESH_TOKEN_AUTH', () => ({ SECRET_HASH: ClientSecret }))
    await refreshes('dart', 'REFRESH_TOKEN_AUTH', () => ({ SECRET_HASH: ClientSecret }))
    await refreshes('ios', 'REFRESH_TOKEN', tokens => ({ SECRET_HASH: hash(subOf(tokens)) }))
    await refreshes('javascript 2', 'REFRESH_TOKEN_AUTH', tokens => ({ SECRET_HASH: hash(subOf(tokens)) }))

    const unconfirmed = await signIn('android', 'bay0id')
    const DEVICE_KEY = unconfirmed.NewDeviceMetadata?.DeviceKey
    t.type(DEVICE_KEY, 'string')
    t.match(
      await send('android', host, 'InitiateAuth', {
        AuthFlow: 'REFRESH_TOKEN_AUTH',
        ClientId: 'bay0id',
        AuthParameters: { REFRESH_TOKEN: unconfirmed.RefreshToken, SECRET_HASH: ClientSecret, DEVICE_KEY },
      }),
      {
        status: 400,
        errorType: 'NotAuthorizedException:',
        body: { __type: 'NotAuthorizedException', message: 'Invalid Refresh Token' },
      },
      'C40 the key of a device that was never confirmed',
    )

    const admin = { UserPoolId, ClientId: 'app0id', AuthFlow: 'ADMIN_NO_SRP_AUTH', AuthParameters }
    t.match(
      (await send('javascript 2', host, 'AdminInitiateAuth', admin)).body,
      { AuthenticationResult: { AccessToken: /^eyJ/ } },
      'a back end, by the flow of its day',
    )
    t.match(
      await send('javascript 2', host, 'AdminGetUser', { UserPoolId, Username: 'nobody' }),
      { status: 400, errorType: 'UserNotFoundException:', body: { __type: 'UserNotFoundException' } },
      'it reads the error from header and body',
    )
  }
})
