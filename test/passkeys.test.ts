import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { isOriginOf, relyingPartyIdOf } from '../src/core/passkey.js'
import { anSdk, refusal } from './support/api.js'
import { launchChromium } from './support/chromium.js'
import { signingKeys } from './support/keys.js'
import { aPageWithAuthenticator, type Credential } from './support/passkeys.js'
import { aClock, aRockpool, postForm } from './support/rockpool.js'

const password = 'Anemone-4-Marco!'
/** The app that people come back to. */
const site = createServer((_request, answer) => answer.end('the app')).listen(0, 'localhost')
await once(site, 'listening')
t.teardown(() => site.close())
const callback = `http://localhost:${(site.address() as AddressInfo).port}/cb`
const poolId = 'us-east-1_Reef00001'
const SigningKeys = await signingKeys()
const chromium = await launchChromium()
t.teardown(() => chromium.close())

const app = (ClientName: string) => ({
  ClientName,
  ClientId: `${ClientName}0id`,
  ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_AUTH'],
})

const user = (Username: string) => ({
  Username,
  Password: password,
  UserAttributes: { email: `${Username}@reef.example` },
})

const pool = {
  PoolName: 'reef',
  Id: poolId,
  Domain: 'reef',
  SigningKeys,
  Clients: [
    app('app'),
    app('other'),
    {
      ...app('web'),
      CallbackURLs: [callback],
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'aws.cognito.signin.user.admin'],
      SupportedIdentityProviders: ['COGNITO'],
    },
  ],
  Users: [user('marco'), user('ada')],
}

/** A Rockpool whose pool allows passkeys, and how an app registers one. */
async function aReef(t: Test, WebAuthnConfiguration?: cognito.WebAuthnConfigurationType) {
  const clock = aClock()
  const rockpool = await aRockpool(t, { seed: { UserPools: [pool] }, clock })
  const sdk = anSdk(t, rockpool)
  const firstFactors = (...AllowedFirstAuthFactors: cognito.AuthFactorType[]) =>
    sdk.send(
      new cognito.UpdateUserPoolCommand({
        UserPoolId: poolId,
        Policies: { SignInPolicy: { AllowedFirstAuthFactors } },
      }),
    )
  const configure = (WebAuthnConfiguration: cognito.WebAuthnConfigurationType) =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: poolId,
        MfaConfiguration: 'OFF',
        WebAuthnConfiguration,
      }),
    )
  await firstFactors('PASSWORD', 'WEB_AUTHN')
  if (WebAuthnConfiguration) await configure(WebAuthnConfiguration)
  const signIn = async (USERNAME = 'marco', ClientId = 'app0id') => {
    const answer = await sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId,
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME, PASSWORD: password },
      }),
    )
    return answer.AuthenticationResult?.AccessToken ?? ''
  }
  const start = async (AccessToken: string) => {
    const answer = await sdk.send(new cognito.StartWebAuthnRegistrationCommand({ AccessToken }))
    return answer.CredentialCreationOptions as unknown as CreationOptions
  }
  const complete = (AccessToken: string, Credential: object) =>
    sdk.send(
      new cognito.CompleteWebAuthnRegistrationCommand({ AccessToken, Credential: Credential as never }),
    )
  const list = async (AccessToken: string, more: object = {}) =>
    sdk.send(new cognito.ListWebAuthnCredentialsCommand({ AccessToken, ...more }))
  const remove = (AccessToken: string, CredentialId: string) =>
    sdk.send(new cognito.DeleteWebAuthnCredentialCommand({ AccessToken, CredentialId }))
  const factors = async (AccessToken: string) =>
    (await sdk.send(new cognito.GetUserAuthFactorsCommand({ AccessToken }))).ConfiguredUserAuthFactors
  const pageAt = (host = 'localhost', more: Record<string, unknown> = {}) =>
    aPageWithAuthenticator(
      t,
      chromium,
      rockpool.baseUrl.replace('localhost', host).concat('/_rockpool/app'),
      more,
    )
  return {
    rockpool,
    clock,
    sdk,
    firstFactors,
    configure,
    signIn,
    start,
    complete,
    list,
    remove,
    factors,
    pageAt,
  }
}

interface CreationOptions {
  readonly rp: { readonly id: string; readonly name: string }
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly challenge: string
  readonly [member: string]: unknown
}

t.test('an app registers a passkey, lists it and deletes it', async t => {
  const { sdk, signIn, start, complete, list, remove, factors, pageAt, clock } = await aReef(t)
  const { create } = await pageAt()
  const token = await signIn()
  t.strictSame(await factors(token), ['PASSWORD'])
  const options = await start(token)
  const { challenge, user, ...others } = options
  t.match(challenge, /^[\w-]{43}$/, '32 random bytes')
  t.match(user, { name: 'marco', displayName: 'marco' })
  t.strictSame(
    others,
    {
      rp: { id: 'localhost', name: 'localhost' },
      pubKeyCredParams: [
        { type: 'public-key', alg: -7 },
        { type: 'public-key', alg: -257 },
      ],
      timeout: 60000,
      excludeCredentials: [],
      authenticatorSelection: {
        requireResidentKey: true,
        residentKey: 'required',
        userVerification: 'preferred',
      },
    },
    'the options of the API reference',
  )
  const credential = await create(options)
  const { $metadata: _, ...empty } = await complete(token, credential)
  t.strictSame(empty, {})

  const { Credentials = [], NextToken } = await list(token)
  t.equal(NextToken, undefined)
  t.strictSame(Credentials, [
    {
      CredentialId: credential.id,
      FriendlyCredentialName: 'Passkey',
      RelyingPartyId: 'localhost',
      AuthenticatorAttachment: 'platform',
      AuthenticatorTransports: ['internal'],
      CreatedAt: new Date(clock.now()),
    },
  ])
  t.strictSame(await factors(token), ['PASSWORD', 'WEB_AUTHN'])
  const seen = await sdk.send(
    new cognito.AdminGetUserAuthFactorsCommand({ UserPoolId: poolId, Username: 'marco' }),
  )
  t.strictSame(seen.ConfiguredUserAuthFactors, ['PASSWORD', 'WEB_AUTHN'], 'for an administrator too')
  t.strictSame((await start(token)).excludeCredentials, [
    { type: 'public-key', id: credential.id, transports: ['internal'] },
  ])

  const ada = await signIn('ada')
  t.strictSame((await list(ada)).Credentials, [], "nobody sees another user's passkeys")
  t.equal((await refusal(remove(ada, credential.id)))[0], 'ResourceNotFoundException', 'nor deletes them')
  await remove(token, credential.id)
  t.strictSame((await list(token)).Credentials, [])
  t.equal((await refusal(remove(token, credential.id)))[0], 'ResourceNotFoundException')
})

t.test('a challenge is good once, for its user, its client, and for five minutes', async t => {
  const { signIn, start, complete, clock, pageAt } = await aReef(t)
  const { create } = await pageAt()
  const [marco, ada, elsewhere] = [await signIn(), await signIn('ada'), await signIn('marco', 'other0id')]
  const name = async (asked: Promise<unknown>) => (await refusal(asked))[0]
  const gone = 'WebAuthnChallengeNotFoundException'

  const credential = await create(await start(marco))
  t.equal(await name(complete(ada, credential)), gone, 'another user began nothing')
  await start(ada)
  t.equal(await name(complete(ada, credential)), gone, 'or something else')
  t.equal(await name(complete(elsewhere, credential)), 'WebAuthnClientMismatchException')
  const both = await Promise.all(Array.from({ length: 4 }, () => name(complete(marco, credential))))
  t.strictSame(both.toSorted(), ['WebAuthnChallengeNotFoundException', gone, gone, 'nothing'], 'once')
  t.equal(await name(complete(marco, credential)), gone)

  const late = await start(ada)
  const lateCredential = await create(late)
  clock.advance({ seconds: 300 })
  t.equal(await name(complete(ada, lateCredential)), gone, 'expired')
  const replaced = await create(await start(ada))
  await start(ada)
  t.equal(await name(complete(ada, replaced)), gone, 'replaced by a newer one')
})

t.test('a passkey is bound to the relying party and its origins', async t => {
  const { rockpool, configure, signIn, start, complete, pageAt } = await aReef(t, {
    RelyingPartyId: 'reef.localhost',
  })
  const token = await signIn()
  const at = await pageAt('reef.localhost')
  const options = await start(token)
  t.strictSame(options.rp, { id: 'reef.localhost', name: 'reef.localhost' }, 'the one that was set')
  await complete(token, await at.create(options))
  const below = await pageAt('app.reef.localhost')
  await complete(token, await below.create(await start(token)))

  const foreign = await pageAt('localhost')
  const forged = await foreign.create({ ...(await start(token)), rp: { id: 'localhost', name: 'x' } })
  t.strictSame(await refusal(complete(token, forged)), [
    'WebAuthnOriginNotAllowedException',
    `The origin ${rockpool.baseUrl} is not allowed for the relying party reef.localhost.`,
  ])
  const lower = await below.create({ ...(await start(token)), rp: { id: 'app.reef.localhost', name: 'x' } })
  t.equal((await refusal(complete(token, lower)))[0], 'WebAuthnRelyingPartyMismatchException')

  await configure({ UserVerification: 'required' })
  const careful = await start(token)
  t.equal(careful.rp.id, 'localhost', 'the host of the user pool domain, where none is set')
  t.match(careful.authenticatorSelection, { userVerification: 'required' })
  const careless = await pageAt('localhost', { hasUserVerification: false })
  const unverified = await careless.create({
    ...careful,
    authenticatorSelection: { residentKey: 'required', userVerification: 'discouraged' },
  })
  t.equal(
    (await refusal(complete(token, unverified)))[0],
    'WebAuthnCredentialNotSupportedException',
    'user verification is demanded where the pool requires it',
  )
})

t.test('what is no credential, or not whole, is refused', async t => {
  const { signIn, start, complete, pageAt } = await aReef(t)
  const { create } = await pageAt()
  const token = await signIn()
  const credential = await create(await start(token))
  const altered = (response: object): Credential =>
    ({ ...credential, response: { ...credential.response, ...response } }) as Credential
  const clientData = (text: string) => altered({ clientDataJSON: Buffer.from(text).toString('base64url') })
  for (const wrong of [
    {},
    { ...credential, id: undefined },
    altered({ attestationObject: 7 }),
    clientData('no JSON'),
    clientData('{"challenge":"x"}'),
    clientData('null'),
  ])
    t.equal((await refusal(complete(token, wrong)))[0], 'InvalidParameterException')
  const { challenge } = JSON.parse(
    Buffer.from(credential.response.clientDataJSON ?? '', 'base64url').toString(),
  )
  for (const wrong of [
    altered({ attestationObject: 'AAAA' }),
    clientData(JSON.stringify({ type: 'webauthn.get', challenge, origin: 'http://localhost' })),
    { ...credential, type: 'password' },
  ])
    t.equal((await refusal(complete(token, wrong)))[0], 'WebAuthnCredentialNotSupportedException')
  await complete(token, credential)
})

t.test('a pool that allows no passkeys, or has no name for them', async t => {
  const { sdk, firstFactors, signIn, start, list } = await aReef(t)
  const token = await signIn()
  await sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId: poolId, Domain: 'reef' }))
  t.equal((await refusal(start(token)))[0], 'WebAuthnConfigurationMissingException')
  await firstFactors('PASSWORD')
  t.equal((await refusal(start(token)))[0], 'WebAuthnNotEnabledException')
  t.strictSame((await list(token)).Credentials, [], 'a list needs neither')
})

t.test('twenty passkeys at most', async t => {
  const { signIn, start, complete, list, pageAt } = await aReef(t)
  const { create } = await pageAt()
  const token = await signIn()
  const register = async () => {
    const options = await start(token)
    return complete(token, await create({ ...options, excludeCredentials: [] }))
  }
  for (let count = 0; count < 20; count++) await register()
  t.equal((await refusal(register()))[0], 'LimitExceededException')

  const pages: string[][] = []
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page = await list(token, { MaxResults: 8, NextToken })
    pages.push((page.Credentials ?? []).map(({ CredentialId = '' }) => CredentialId))
    NextToken = page.NextToken
  }
  t.strictSame(
    pages.map(({ length }) => length),
    [8, 8, 4],
  )
  t.equal(new Set(pages.flat()).size, 20)
})

t.test('an app signs a user in with a passkey', async t => {
  const { sdk, clock, configure, firstFactors, signIn, start, complete, remove, pageAt } = await aReef(t)
  const { create, get, cdp, authenticatorId } = await pageAt()
  const marco = await signIn()
  const passkey = await create(await start(marco))
  await complete(marco, passkey)
  const initiate = (USERNAME = 'marco', more: Record<string, string> = {}) =>
    sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId: 'app0id',
        AuthFlow: 'USER_AUTH',
        AuthParameters: { USERNAME, PREFERRED_CHALLENGE: 'WEB_AUTHN', ...more },
      }),
    )
  const respond = (Session: string | undefined, credential: object, USERNAME = 'marco') =>
    sdk.send(
      new cognito.RespondToAuthChallengeCommand({
        ClientId: 'app0id',
        ChallengeName: 'WEB_AUTHN',
        Session,
        ChallengeResponses: { USERNAME, CREDENTIAL: JSON.stringify(credential) },
      }),
    )
  const optionsOf = ({ ChallengeParameters }: cognito.InitiateAuthResponse) =>
    JSON.parse(ChallengeParameters?.CREDENTIAL_REQUEST_OPTIONS ?? '{}') as Record<string, unknown>

  const asked = await initiate()
  t.match(asked, {
    ChallengeName: 'WEB_AUTHN',
    AvailableChallenges: ['PASSWORD_SRP', 'PASSWORD', 'WEB_AUTHN'],
  })
  const { challenge, ...options } = optionsOf(asked)
  t.strictSame(options, {
    timeout: 180000,
    rpId: 'localhost',
    allowCredentials: [{ type: 'public-key', id: passkey.id, transports: ['internal'] }],
    userVerification: 'preferred',
  })
  const credential = await get({ challenge, ...options })
  const { AuthenticationResult } = await respond(asked.Session, credential)
  t.ok(AuthenticationResult?.AccessToken)
  t.match(await refusal(respond(asked.Session, credential)), ['NotAuthorizedException', /only be used once/])

  const incorrect = ['NotAuthorizedException', 'Incorrect username or password.']
  t.strictSame(
    await refusal(respond((await initiate()).Session, credential)),
    incorrect,
    'it signed another challenge',
  )
  const forge = async (response: (given: Credential['response']) => object) => {
    const { Session, ...more } = await initiate()
    const given = await get(optionsOf(more))
    return refusal(
      respond(Session, { ...given, response: { ...given.response, ...response(given.response) } }),
    )
  }
  t.strictSame(await forge(() => ({ signature: 'AAAA' })), incorrect)
  t.strictSame(await forge(() => ({ userHandle: 'YWRh' })), incorrect)
  const { Session: taken, ...otherwise } = await initiate()
  const good = await get(optionsOf(otherwise))
  t.match(await refusal(respond(taken, good, 'ada')), [
    'NotAuthorizedException',
    'Invalid session for the user.',
  ])
  t.ok((await respond(taken, good)).AuthenticationResult)

  const { credentials } = await cdp.send('WebAuthn.getCredentials', { authenticatorId })
  const copiedWith = async (signCount: number) => {
    await cdp.send('WebAuthn.clearCredentials', { authenticatorId })
    for (const copied of credentials)
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential: { ...copied, signCount } })
  }
  await copiedWith(0)
  const copy = await initiate()
  t.strictSame(
    await refusal(respond(copy.Session, await get(optionsOf(copy)))),
    incorrect,
    'a copy of the authenticator counts from the beginning',
  )
  await copiedWith(99)

  const late = await initiate()
  const tooLate = await get(optionsOf(late))
  clock.advance({ seconds: 180 })
  t.match(await refusal(respond(late.Session, tooLate)), ['NotAuthorizedException', /expired/])

  const mfa = (FactorConfiguration: cognito.WebAuthnFactorConfigurationType) =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: poolId,
        MfaConfiguration: 'ON',
        SoftwareTokenMfaConfiguration: { Enabled: true },
        WebAuthnConfiguration: { FactorConfiguration },
      }),
    )
  await mfa('SINGLE_FACTOR')
  t.strictSame((await initiate()).AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD'], 'one factor of two')
  await mfa('MULTI_FACTOR_WITH_USER_VERIFICATION')
  const whole = await initiate()
  t.match(optionsOf(whole), { userVerification: 'required' })
  t.ok((await respond(whole.Session, await get(optionsOf(whole)))).AuthenticationResult, 'both at once')
  const uncertain = await initiate()
  await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  const weak = await get({ ...optionsOf(uncertain), userVerification: 'discouraged' })
  t.strictSame(await refusal(respond(uncertain.Session, weak)), incorrect, 'not without user verification')

  await configure({})
  await remove(await signIn(), passkey.id)
  t.equal(
    (await initiate()).ChallengeName,
    'SELECT_CHALLENGE',
    'without a passkey there is nothing to sign with',
  )
  await firstFactors('PASSWORD')
  t.strictSame((await initiate()).AvailableChallenges, ['PASSWORD_SRP', 'PASSWORD'])
})

t.test('the hosted pages add a passkey, and let people in by it', async t => {
  const { rockpool, clock, sdk, firstFactors, signIn, list, pageAt } = await aReef(t)
  await sdk.send(
    new cognito.UpdateUserPoolDomainCommand({ UserPoolId: poolId, Domain: 'reef', ManagedLoginVersion: 2 }),
  )
  await sdk.send(
    new cognito.CreateManagedLoginBrandingCommand({
      UserPoolId: poolId,
      ClientId: 'web0id',
      UseCognitoProvidedValues: true,
    }),
  )
  const { page } = await pageAt()
  const troubles: string[] = []
  page.on('pageerror', error => troubles.push(error.message))
  page.on('console', message => message.type() === 'error' && troubles.push(message.text()))
  const domain = `${rockpool.baseUrl}/reef`
  const query = new URLSearchParams({ client_id: 'web0id', redirect_uri: callback, response_type: 'code' })
  const add = `${domain}/passkeys/add?${new URLSearchParams({ client_id: 'web0id', redirect_uri: callback })}`
  const login = () => page.goto(`${domain}/login?${query}`)
  const choose = async (username: string) => {
    await login()
    await page.getByLabel('Username').fill(username)
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  }
  const refused = () => page.getByRole('alert').textContent()

  await page.goto(add)
  t.match(await page.textContent('main'), 'Sign in first, then add a passkey.')
  troubles.length = 0
  await login()
  await page.getByLabel('Username').fill('marco')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.waitForURL(`${callback}?code=*`)
  const shown = await page.goto(add)
  t.match(
    shown?.headers()['content-security-policy'],
    "default-src 'none'; script-src 'self'; style-src 'self'",
  )
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await page.waitForURL(callback)
  const { Credentials = [] } = await list(await signIn())
  t.match(Credentials, [{ RelyingPartyId: 'localhost' }])
  await page.goto(add)
  await page.getByRole('button', { name: 'Add passkey' }).click()
  await page.getByText('This device already has a passkey for your account.').waitFor()
  await page.getByRole('link', { name: 'Not now' }).click()
  await page.waitForURL(callback)

  await page.context().clearCookies()
  await choose('marco')
  await page.waitForURL(`${callback}?code=*`)
  const code = new URL(page.url()).searchParams.get('code') ?? ''
  const form = { grant_type: 'authorization_code', client_id: 'web0id', redirect_uri: callback, code }
  const tokens = (await (await postForm(`${domain}/oauth2/token`, form)).json()) as { access_token: string }
  t.equal((await list(tokens.access_token)).Credentials?.length, 1, 'the session and its tokens are of marco')

  await page.context().clearCookies()
  await login()
  await page.getByLabel('Username').fill('marco')
  await page.getByRole('button', { name: 'Next' }).click()
  const offered = page.getByRole('button', { name: 'Use my passkey' })
  await offered.waitFor()
  t.ok(await offered.isVisible(), 'P43: a user who has a passkey is offered it')
  await offered.click()
  await page.waitForURL(`${callback}?code=*`)

  await page.context().clearCookies()
  await choose('nobody')
  await page.waitForURL(/passkeys.use/)
  await page.getByText('Incorrect username or password.').waitFor()
  t.equal(await refused(), 'Incorrect username or password.', 'who does not exist is told what others are')
  await choose('ada')
  await page.getByText('Incorrect username or password.').waitFor()
  await choose(' ')
  t.equal(await refused(), 'Enter your username, then choose your passkey.')
  const mfa = (MfaConfiguration: 'ON' | 'OFF', WebAuthnConfiguration: cognito.WebAuthnConfigurationType) =>
    sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId: poolId,
        MfaConfiguration,
        SoftwareTokenMfaConfiguration: { Enabled: MfaConfiguration === 'ON' },
        WebAuthnConfiguration,
      }),
    )
  await mfa('ON', { FactorConfiguration: 'SINGLE_FACTOR' })
  await choose('marco')
  await page.getByText('Incorrect username or password.').waitFor()
  await mfa('ON', { FactorConfiguration: 'MULTI_FACTOR_WITH_USER_VERIFICATION' })
  await choose('marco')
  await page.waitForURL(`${callback}?code=*`)
  await page.context().clearCookies()
  await mfa('OFF', {})
  t.strictSame(troubles, [], 'no policy was broken, and no script failed')

  await login()
  await page.getByLabel('Username').fill('marco')
  await page.route(/passkeys.use/, async route => {
    if (route.request().method() === 'POST') clock.advance({ seconds: 180 })
    await route.continue()
  })
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click()
  await page.getByText('session is expired').waitFor()
  await firstFactors('PASSWORD')
  await login()
  t.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).count(), 0)
})

t.test('the relying party, and who may speak for it', async t => {
  const base = 'https://pools.example.com:7665'
  const party = (pool: object, set: object = {}) => relyingPartyIdOf(base, pool as never, set)
  const customDomain = { name: 'auth.example.com', certificateArn: '' }
  t.equal(party({}), undefined)
  t.equal(party({ domain: 'reef' }), 'pools.example.com')
  t.equal(party({ domain: 'reef', customDomain }), 'auth.example.com')
  t.equal(party({ domain: 'reef', customDomain }, { RelyingPartyId: 'example.com' }), 'example.com')
  const allowed = [
    ['localhost', 'http://localhost:3000'],
    ['localhost', 'https://localhost'],
    ['localhost', 'http://reef.localhost:7665'],
    ['example.com', 'https://example.com'],
    ['example.com', 'https://app.example.com:8443'],
    ['example.com', 'android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0'],
  ] as const
  for (const [id, origin] of allowed) t.ok(isOriginOf(id, origin), `${origin} for ${id}`)
  const refused = [
    ['localhost', 'http://127.0.0.1:3000'],
    ['localhost', 'http://localhost.example.com'],
    ['example.com', 'http://example.com'],
    ['example.com', 'https://badexample.com'],
    ['example.com', 'https://example.com.evil.example'],
    ['app.example.com', 'https://example.com'],
    ['example.com', 'null'],
  ] as const
  for (const [id, origin] of refused) t.notOk(isOriginOf(id, origin), `${origin} not for ${id}`)
})
