import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { anSdk } from './support/api.js'
import { atConsole } from './support/at-console.js'
import { launchChromium } from './support/chromium.js'
import { aPageWithAuthenticator } from './support/passkeys.js'
import { aRockpool } from './support/rockpool.js'
import { type DeviceSecret, deviceVerifier } from './support/srp.js'

/** What the page of a user tells of devices, passkeys and sign-ins, and takes away. */

const UserPoolId = 'us-east-1_TheirPage'
const ClientId = 'appatthereef'
const password = 'Anemone-4-Marco!'
const sub = '5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02'
const page = `/pools/${UserPoolId}/users/${sub}`

const chromium = await launchChromium()
t.teardown(() => chromium.close())

const seed = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: UserPoolId,
      Domain: 'reef',
      DeviceConfiguration: { ChallengeRequiredOnNewDevice: false, DeviceOnlyRememberedOnUserPrompt: false },
      Policies: { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'WEB_AUTHN'] } },
      Clients: [
        {
          ClientName: 'app',
          ClientId,
          ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
          CallbackURLs: ['http://localhost:3000/callback'],
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['code'],
          AllowedOAuthScopes: ['openid'],
          SupportedIdentityProviders: ['COGNITO'],
        },
      ],
      Users: [
        {
          Username: 'marco',
          Password: password,
          Sub: sub,
          UserAttributes: { email: 'marco@example.com', email_verified: 'true' },
        },
      ],
    },
  ],
}

t.test('the page of a user', async t => {
  const rockpool = await aRockpool(t, { seed })
  const sdk = anSdk(t, rockpool)
  const { open, send } = atConsole(rockpool)
  const signIn = async () =>
    (
      await sdk.send(
        new cognito.InitiateAuthCommand({
          ClientId,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: { USERNAME: 'marco', PASSWORD: password },
        }),
      )
    ).AuthenticationResult ?? {}
  t.match((await open(page)).text, 'No remembered device.')
  const { AccessToken } = await signIn()

  t.test('lists sign-ins and their flights, and ends them', async t => {
    await rockpool.operations.signIn({ pool: 'reef', client: 'app', username: 'marco', password })
    const { text } = await open(page)
    t.match(text, /Sign-ins whose tokens can be refreshed[\s\S]*<th scope="row">app<\/th>/)
    t.match(text, /\/_rockpool\/flights\/\w+/)
    const whoAmI = () => sdk.send(new cognito.GetUserCommand({ AccessToken }))
    await whoAmI()
    const out = await send(page, `${page}/sign-out`)
    t.match(out.text, 'The user is signed out everywhere')
    t.match(out.text, 'No sign-in whose tokens are still good.')
    await t.rejects(whoAmI(), { name: 'NotAuthorizedException' })
  })

  t.test(
    'lists tracked sessions with their devices, and ends one, those that are linked, or all',
    async t => {
      t.match((await open(page)).text, 'The pool does not track sessions')
      await sdk.send(
        new cognito.SetUserPoolSessionConfigurationCommand({
          UserPoolId,
          UserSessionTracking: 'ENABLED',
          TokenSession: { MaxPerUser: 10 },
        }),
      )
      t.match((await open(page)).text, 'the user is signed in nowhere')
      const sessions = async () =>
        (await sdk.send(new cognito.AdminListUserSessionsCommand({ UserPoolId, Username: 'marco' })))
          .Sessions ?? []
      const use = (token?: string) => sdk.send(new cognito.GetUserCommand({ AccessToken: token }))
      const kept = await signIn()
      const [first] = await sessions()
      const ended = await signIn()
      const { text } = await open(page)
      t.match(text, /app <span class="badge plain">tokens<\/span><small>tkn/)
      t.match(text, /<small>127\.0\.0\.1<\/small>/)
      t.match(text, 'admin-list-user-sessions', 'with the call that lists them')
      t.match(text, 'admin-revoke-user-session', 'and the one that ends them')
      const newest = (await sessions()).find(({ SessionId }) => SessionId !== first?.SessionId)
      const after = await send(page, `${page}/sessions/end`, { session: newest?.SessionId ?? '' })
      t.match(after.text, 'The session ended.')
      await t.rejects(use(ended.AccessToken), { name: 'NotAuthorizedException' })
      t.equal((await use(kept.AccessToken)).Username, 'marco')
      const gone = await send(page, `${page}/sessions/end`, { session: newest?.SessionId ?? '' })
      t.equal(gone.status, 400, 'what ended does not end again')

      await rockpool.operations.signIn({ pool: 'reef', client: 'app', username: 'marco', password })
      const browser = (await sessions()).find(({ SessionType }) => SessionType === 'SSO')
      t.match((await open(page)).text, 'With its tokens')
      const linked = { session: browser?.SessionId ?? '', linked: 'on' }
      t.match((await send(page, `${page}/sessions/end`, linked)).text, 'those that it was linked with')
      t.equal((await sessions()).length, 1)
      await signIn()
      t.match((await send(page, `${page}/sessions/end-all`)).text, '2 sessions ended.')
      t.same(await sessions(), [])
      await t.rejects(use(kept.AccessToken), { name: 'NotAuthorizedException' })
    },
  )

  t.test('lists devices, and forgets one', async t => {
    const fresh = await signIn()
    const device: DeviceSecret = {
      DeviceKey: fresh.NewDeviceMetadata?.DeviceKey ?? '',
      DeviceGroupKey: fresh.NewDeviceMetadata?.DeviceGroupKey ?? '',
      password: 'of-the-device',
    }
    await sdk.send(
      new cognito.ConfirmDeviceCommand({
        AccessToken: fresh.AccessToken,
        DeviceKey: device.DeviceKey,
        DeviceName: 'shell phone',
        DeviceSecretVerifierConfig: deviceVerifier(device, '8c3a1c0b5d7e9f2a4c6b8d0e1f3a5c7d'),
      }),
    )
    const { text } = await open(page)
    t.match(text, 'shell phone')
    t.match(text, device.DeviceKey)
    const devices = async () => {
      const list = new cognito.AdminListDevicesCommand({ UserPoolId, Username: 'marco' })
      return (await sdk.send(list)).Devices?.length
    }
    t.equal(await devices(), 1)
    const after = await send(page, `${page}/devices/forget`, { device: device.DeviceKey })
    t.match(after.text, 'The device is forgotten.')
    t.notMatch(after.text, 'shell phone')
    t.equal(await devices(), 0)
  })

  t.test('lists passkeys, and deletes one', async t => {
    const { AccessToken: token } = await signIn()
    const start = await sdk.send(new cognito.StartWebAuthnRegistrationCommand({ AccessToken: token }))
    const { create } = await aPageWithAuthenticator(t, chromium, `${rockpool.baseUrl}/_rockpool/app`)
    const Credential = await create(start.CredentialCreationOptions)
    await sdk.send(
      new cognito.CompleteWebAuthnRegistrationCommand({
        AccessToken: token,
        Credential: Credential as never,
      }),
    )
    const list = async () =>
      (await sdk.send(new cognito.ListWebAuthnCredentialsCommand({ AccessToken: token }))).Credentials?.length
    t.equal(await list(), 1)
    const { text } = await open(page)
    t.match(text, /at localhost/)
    const [, passkey = ''] = /name="passkey" value="([^"]+)"/.exec(text) ?? []
    const after = await send(page, `${page}/passkeys/delete`, { passkey })
    t.match(after.text, 'The passkey is deleted.')
    t.match(after.text, 'No passkey.')
    t.equal(await list(), 0)
  })

  t.test('changes an attribute, and takes it away', async t => {
    const attribute = async (name: string) =>
      (
        await sdk.send(new cognito.AdminGetUserCommand({ UserPoolId, Username: 'marco' }))
      ).UserAttributes?.find(({ Name }) => Name === name)?.Value
    await send(page, `${page}/attributes`, { name: 'nickname', value: 'Polo' })
    t.equal(await attribute('nickname'), 'Polo')
    await send(page, `${page}/attributes`, { name: 'nickname' })
    t.equal(await attribute('nickname'), undefined)
  })
})
