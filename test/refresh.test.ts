import { randomBytes, randomUUID } from 'node:crypto'
import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  InitiateAuthCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import type { AppClient } from '../src/core/app-client.js'
import { refreshTokens, type UserRecord, users } from '../src/core/collections.js'
import { put, type Store } from '../src/core/ports/store.js'
import { Refusal } from '../src/core/refusal.js'
import type { UserPool } from '../src/core/user-pool.js'
import { grantById, grantWithRefreshToken, revokeGrant } from '../src/flows/grants/grants.js'
import { type RefreshRefusals, refreshSignIn } from '../src/flows/grants/refresh.js'
import type { Service } from '../src/flows/service.js'
import { memoryStore } from '../src/store/memory.js'
import { anSdk } from './support/api.js'
import { aPool, claimsOf, isRefused, password, type Tokens } from './support/oauth-client.js'
import { aClock } from './support/rockpool.js'

t.test('refreshing', async t => {
  const { rockpool, clock, signIn, refresh, token, at, userInfo, revoke } = await aPool(t)

  const refreshForm = (name: string, refresh_token = '') => ({
    grant_type: 'refresh_token',
    client_id: at(name).client.id,
    refresh_token,
  })

  await t.test('O9 new tokens, no new refresh token, the same auth_time', async t => {
    const first = await signIn('public', { scope: 'openid email', nonce: 'n' })
    clock.advance({ seconds: 1000 })
    const answer = await refresh('public', first.refresh_token)
    const second = (await answer.json()) as Tokens
    t.strictSame(Object.keys(second), ['id_token', 'access_token', 'expires_in', 'token_type'])
    const [before, after] = [claimsOf(first.id_token), claimsOf(second.id_token)]
    for (const name of ['sub', 'auth_time', 'origin_jti', 'email', 'cognito:groups'])
      t.strictSame(after[name], before[name], name)
    t.equal(Number(after.iat) - Number(before.iat), 1000)
    t.not(after.jti, before.jti)
    t.equal(after.nonce, undefined, 'no nonce after a refresh')
    t.strictSame(claimsOf(second.access_token).scope, claimsOf(first.access_token).scope)
  })

  await t.test('a refresh token lasts as long as the client says, however often it is used', async t => {
    const { refresh_token } = await signIn('quick')
    clock.advance({ seconds: 3000 })
    t.equal((await refresh('quick', refresh_token)).status, 200)
    clock.advance({ seconds: 599 })
    t.equal((await refresh('quick', refresh_token)).status, 200)
    clock.advance({ seconds: 1 })
    await isRefused(t, await refresh('quick', refresh_token), 400, { error: 'invalid_grant' })
  })

  await t.test('what is known of the user is read anew', async t => {
    const sdk = anSdk(t, rockpool)
    const user = { UserPoolId: at('public').pool.id, Username: 'marco' }
    const { refresh_token } = await signIn('public')
    const UserAttributes = [{ Name: 'given_name', Value: 'Polo' }]
    await sdk.send(new AdminUpdateUserAttributesCommand({ ...user, UserAttributes }))
    await sdk.send(new AdminRemoveUserFromGroupCommand({ ...user, GroupName: 'a' }))
    const after = (await (await refresh('public', refresh_token)).json()) as Tokens
    t.match(claimsOf(after.id_token), { given_name: 'Polo', 'cognito:groups': ['b'] })
    t.strictSame(claimsOf(after.access_token)['cognito:groups'], ['b'])
    await sdk.send(new AdminDisableUserCommand(user))
    await isRefused(t, await refresh('public', refresh_token), 400, { error: 'invalid_grant' }, 'disabled')
    await sdk.send(new AdminEnableUserCommand(user))
  })

  await t.test('what a client may read can be taken from it', async t => {
    const { refresh_token } = await signIn('reader', { scope: 'openid email' })
    t.equal((await refresh('reader', refresh_token)).status, 200)
    t.equal(
      (await token({ ...refreshForm('reader', refresh_token), scope: 'phone' })).status,
      200,
      'no narrowing',
    )
  })

  await t.test('O62 tokens of the API are refreshed as what they are', async t => {
    const sdk = anSdk(t, rockpool)
    const { AuthenticationResult: tokens } = await sdk.send(
      new InitiateAuthCommand({
        ClientId: 'plain0id',
        AuthFlow: 'USER_PASSWORD_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password },
      }),
    )
    const answer = await refresh('plain', tokens?.RefreshToken)
    const fresh = (await answer.json()) as Tokens
    t.strictSame(Object.keys(fresh), ['id_token', 'access_token', 'expires_in', 'token_type'])
    const access = claimsOf(fresh.access_token)
    t.equal(access.scope, 'aws.cognito.signin.user.admin')
    t.notOk('version' in access, 'no version')
    t.equal((await userInfo(fresh.access_token)).status, 401, 'O30')
  })

  await t.test('it is its client’s, and nobody can make one up', async t => {
    const { refresh_token = '' } = await signIn('public')
    await isRefused(t, await refresh('quick', refresh_token), 400, { error: 'invalid_grant' })
    await isRefused(t, await refresh('public', `${refresh_token}x`), 400, { error: 'invalid_grant' })
    await isRefused(t, await refresh('public'), 400, { error: 'invalid_request' })
  })

  await t.test('O56 rotation: a new one each time, the old one for its grace period', async t => {
    const first = await signIn('rotating')
    const second = (await (await refresh('rotating', first.refresh_token)).json()) as Tokens
    t.type(second.refresh_token, 'string')
    t.not(second.refresh_token, first.refresh_token)
    clock.advance({ seconds: 9 })
    t.equal((await refresh('rotating', first.refresh_token)).status, 200, 'in the grace period')
    clock.advance({ seconds: 1 })
    await isRefused(t, await refresh('rotating', first.refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await refresh('rotating', second.refresh_token)).status, 200, 'the new one lives on')
  })

  await t.test('O56 what a second refresh in the grace period gives lives on as well', async t => {
    const first = await signIn('rotating')
    await refresh('rotating', first.refresh_token)
    const third = (await (await refresh('rotating', first.refresh_token)).json()) as Tokens
    clock.advance({ seconds: 60 })
    t.equal((await refresh('rotating', third.refresh_token)).status, 200)
  })

  await t.test('O56 of many refreshes at once, without a grace period one succeeds', async t => {
    const { refresh_token } = await signIn('strict')
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh('strict', refresh_token)))
    t.strictSame(answers.map(({ status }) => status).toSorted(), [
      200,
      ...Array.from({ length: 19 }, () => 400),
    ])
    const bodies = (await Promise.all(answers.map(answer => answer.json()))) as Tokens[]
    const next = bodies.find(({ refresh_token }) => refresh_token !== undefined)?.refresh_token
    t.equal((await refresh('strict', next)).status, 200)
  })

  await t.test('a rotated family is revoked as a whole', async t => {
    const first = await signIn('rotating')
    const second = (await (await refresh('rotating', first.refresh_token)).json()) as Tokens
    t.equal((await revoke('rotating', { token: second.refresh_token ?? '' })).status, 200)
    for (const { refresh_token } of [first, second])
      await isRefused(t, await refresh('rotating', refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await userInfo(first.access_token)).status, 401)
  })

  await t.test('O56 without a grace period the old one ends at once, and takes nothing along', async t => {
    const first = await signIn('strict')
    const second = (await (await refresh('strict', first.refresh_token)).json()) as Tokens
    await isRefused(t, await refresh('strict', first.refresh_token), 400, { error: 'invalid_grant' })
    t.equal((await refresh('strict', second.refresh_token)).status, 200)
  })

  await t.test('a rotated token keeps what was left of the first one’s life', async t => {
    const day = 86_400
    let { refresh_token } = await signIn('rotating')
    clock.advance({ seconds: day - 100 })
    for (let times = 0; times < 5; times++)
      ({ refresh_token } = (await (await refresh('rotating', refresh_token)).json()) as Tokens)
    clock.advance({ seconds: 99 })
    t.equal((await refresh('rotating', refresh_token)).status, 200)
    clock.advance({ seconds: 1 })
    await isRefused(t, await refresh('rotating', refresh_token), 400, { error: 'invalid_grant' })
  })

  await t.test('O57 a resource stays bound over refreshes', async t => {
    const first = await signIn('public', { resource: 'https://api.example' })
    t.equal(claimsOf(first.access_token).aud, 'https://api.example')
    const second = (await (await refresh('public', first.refresh_token)).json()) as Tokens
    t.equal(claimsOf(second.access_token).aud, 'https://api.example')
    t.equal(claimsOf(second.id_token).aud, at('public').client.id)
    t.equal((await userInfo(second.access_token)).status, 200)
  })

  t.equal((await token({ grant_type: 'refresh_token', client_id: 'machine0id' })).status, 400)
})

t.test('what happens at the same moment to a sign-in', async t => {
  const clock = aClock()
  const store = memoryStore(clock)
  t.teardown(() => store.close())
  const pool = { id: 'p', settings: {} } as UserPool
  const clientWith = (seconds: number) =>
    ({
      id: 'c',
      name: 'app',
      poolId: 'p',
      secrets: [],
      settings: { RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: seconds } },
    }) as unknown as AppClient
  const user = {
    poolId: 'p',
    username: 'u',
    status: 'CONFIRMED',
    sub: 's',
    enabled: true,
    aliases: [],
    identities: [],
    attributes: {},
  }
  await store.commit(put(users, 'p u', user as unknown as UserRecord))
  const chance = { bytes: randomBytes, uuid: randomUUID }
  const service = { store, clock, chance, recorder: { join() {} } } as unknown as Service
  const granted = { sub: 's', scopes: [], authTime: 0 }
  const refused = (code: string) => () => new Refusal(code, '', { because: '', remedy: '' })
  const refusals: RefreshRefusals = {
    unknown: refused('unknown'),
    otherClient: refused('other client'),
    revoked: refused('revoked'),
    otherDevice: refused('other device'),
    deviceUnconfirmed: refused('device unconfirmed'),
    userDeleted: refused('deleted'),
    userDisabled: refused('disabled'),
    replaced: refused('replaced'),
  }
  const outcomes = async (client: AppClient, token: string) =>
    (
      await Promise.allSettled([1, 2, 3].map(() => refreshSignIn(service, { pool, client, token }, refusals)))
    ).map(outcome => (outcome.status === 'fulfilled' ? 'refreshed' : outcome.reason.code))

  const strict = clientWith(0)
  const first = await grantWithRefreshToken(service, pool, strict, granted)
  t.strictSame(
    (await outcomes(strict, first.refreshToken)).toSorted(),
    ['refreshed', 'replaced', 'replaced'],
    'a token is replaced once',
  )
  const patient = clientWith(60)
  const second = await grantWithRefreshToken(service, pool, patient, granted)
  t.strictSame(
    await outcomes(patient, second.refreshToken),
    ['refreshed', 'refreshed', 'refreshed'],
    'in the grace period refreshes do not disturb one another',
  )
  const third = await grantWithRefreshToken(service, pool, patient, granted)
  const revokedMeanwhile: Store['commit'] = async (...writes) => {
    await revokeGrant({ store }, third.grant.id)
    return store.commit(...writes)
  }
  const late = { ...service, store: { ...store, commit: revokedMeanwhile } }
  const request = { pool, client: patient, token: third.refreshToken }
  await t.rejects(
    refreshSignIn(late, request, refusals),
    { code: 'unknown' },
    'what is revoked stays revoked',
  )
  t.equal(await grantById(service, third.grant.id), undefined)
  t.strictSame(await store.lookup(refreshTokens, 'grant', third.grant.id), [], 'no refresh token is left')
})
