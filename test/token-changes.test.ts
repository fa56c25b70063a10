import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { machine, seed as oauthSeed } from './support/oauth-client.js'
import { claims, aReef as pools, told } from './support/reef.js'
import { aClock, aRockpool, postForm } from './support/rockpool.js'
import { aReef, initiate, pass, poolId, refuse, watched } from './support/triggered-reef.js'

/** PreTokenGeneration from V2_0 on (docs/facts/triggers.md §5.6). */

type Override = NonNullable<TriggerEvent<'PreTokenGeneration'>['response']['claimsAndScopeOverrideDetails']>
type Version = 'V1_0' | 'V2_0' | 'V3_0'

/** A function that answers with these details. */
const answering = (details: Override, Version: Version = 'V2_0') => ({
  PreTokenGeneration: {
    Version,
    Function: (event: TriggerEvent<'PreTokenGeneration'>) => {
      event.response.claimsAndScopeOverrideDetails = details
      return event
    },
  },
})

async function signedIn(t: Test, handlers: TriggerHandlers) {
  const world = await aReef(t, handlers)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  return { ...world, tokens, id: claims(tokens?.IdToken), access: claims(tokens?.AccessToken) }
}

t.test('T14 V1 adds texts to the ID token alone', async t => {
  const with1 = (x: unknown): TriggerHandlers => ({
    PreTokenGeneration: event =>
      Object.assign(event, { response: { claimsOverrideDetails: { claimsToAddOrOverride: { x } } } }),
  })
  const { id, access } = await signedIn(t, with1('1'))
  t.equal(id.x, '1')
  t.notOk('x' in access)
  const { sdk } = await aReef(t, with1(1))
  t.match(await refusal(initiate(sdk)), ['InvalidLambdaResponseException', 'Unrecognizable lambda output'])
})

t.test('T15 the event of V2: its version, and the scopes of the access token', async t => {
  const { events } = await signedIn(t, { PreTokenGeneration: { Version: 'V2_0', Function: pass } })
  t.match(events[0], {
    version: '2',
    request: { scopes: ['aws.cognito.signin.user.admin'] },
    response: { claimsAndScopeOverrideDetails: null },
  })
  const first = await signedIn(t, { PreTokenGeneration: pass })
  t.notOk('scopes' in (first.events[0]?.request ?? {}), 'events of V1 have none')
})

t.test('T16 V2 adds values of any type to either token', async t => {
  const { id, access } = await signedIn(
    t,
    answering({
      accessTokenGeneration: { claimsToAddOrOverride: { tenant: { id: 7 }, email: 'x@y.example' } },
      idTokenGeneration: { claimsToAddOrOverride: { levels: [1, 2], email_verified: ['no list here'] } },
    }),
  )
  t.strictSame(access.tenant, { id: 7 })
  t.equal(access.email, 'x@y.example')
  t.notOk('tenant' in id || 'levels' in access)
  t.strictSame(id.levels, [1, 2])
  t.equal(id.email_verified, true)
})

t.test('T17 scopes that a trigger adds and takes away count where the token is shown', async t => {
  const { sdk, tokens, access } = await signedIn(
    t,
    answering({
      accessTokenGeneration: {
        scopesToAdd: ['api/read', 'api/read', 'not a scope'],
        scopesToSuppress: ['aws.cognito.signin.user.admin'],
      },
    }),
  )
  t.equal(access.scope, 'api/read')
  t.strictSame(await refusal(sdk.send(new cognito.GetUserCommand({ AccessToken: tokens?.AccessToken }))), [
    'NotAuthorizedException',
    'Access Token does not have required scopes',
  ])
})

t.test('T18 what is added and suppressed is absent; names of Cognito’s own stay', async t => {
  const forged = { sub: 'x', iss: 'x', scope: 'x', 'cognito:foo': 'x', 'dev:x': 'x', both: 'x', ok: 'x' }
  const { id, access } = await signedIn(
    t,
    answering({
      accessTokenGeneration: { claimsToAddOrOverride: forged, claimsToSuppress: ['both', 'scope', 'iss'] },
      idTokenGeneration: { claimsToAddOrOverride: forged, claimsToSuppress: ['both'] },
    }),
  )
  for (const token of [id, access]) {
    t.match(token, { sub: /.{36}/, iss: /Reef00001$/, ok: 'x' })
    t.notOk('both' in token || 'cognito:foo' in token || 'dev:x' in token)
  }
  t.equal(access.scope, 'aws.cognito.signin.user.admin')
})

t.test('T19 groups in place of the user’s own, in both tokens', async t => {
  const chosen = await signedIn(t, answering({ groupOverrideDetails: { groupsToOverride: ['a'] } }))
  t.strictSame([chosen.id['cognito:groups'], chosen.access['cognito:groups']], [['a'], ['a']])
  t.notOk('cognito:roles' in chosen.id)
  const none = await aReef(t, answering({ groupOverrideDetails: {} }))
  await inGroups(none)
  const { AuthenticationResult: tokens } = await initiate(none.sdk)
  for (const token of [tokens?.IdToken, tokens?.AccessToken]) t.notOk('cognito:groups' in claims(token))
})

t.test('T20 groups suppressed in the ID token stay in the access token', async t => {
  const world = await aReef(t, answering({ idTokenGeneration: { claimsToSuppress: ['cognito:groups'] } }))
  await inGroups(world)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  const names = Object.keys(claims(tokens?.IdToken)).filter(name => /groups|role/.test(name))
  t.strictSame(names, [])
  t.strictSame(claims(tokens?.AccessToken)['cognito:groups'], ['divers'])
})

async function inGroups({ sdk, admin }: Pick<Awaited<ReturnType<typeof aReef>>, 'sdk' | 'admin'>) {
  const group = { ...admin, GroupName: 'divers' }
  const RoleArn = 'arn:aws:iam::000000000000:role/diver'
  await sdk.send(new cognito.CreateGroupCommand({ ...group, RoleArn }))
  await sdk.send(new cognito.AdminAddUserToGroupCommand({ ...group, Username: 'marco' }))
}

t.test('T22 pages: what the trigger throws is read at the callback, and there is no code', async t => {
  const handlers: TriggerHandlers = { PreTokenGeneration: refuse('not_allowed') }
  const { submit } = await pools(t, { triggers: { reef: handlers } })
  const answer = told(await submit(aBrowser(), 'marco', 'Anemone-4-Marco!'))
  const error_description = 'PreTokenGeneration failed with error not_allowed.'
  t.match(answer, { error: 'invalid_request', error_description })
  t.notOk('code' in answer)
})

t.test('T23 pages: the trigger is called once for a code, before the redirect', async t => {
  const { events, handlers } = watched(
    answering({ accessTokenGeneration: { claimsToAddOrOverride: { tenant: 7 } } }),
  )
  const { submit, exchange } = await pools(t, { triggers: { reef: handlers } })
  const answer = await submit(aBrowser(), 'marco', 'Anemone-4-Marco!')
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    ['TokenGeneration_HostedAuth'],
  )
  const tokens = (await (await exchange(answer)).json()) as { access_token: string }
  t.match(claims(tokens.access_token), { tenant: 7 }, 'what it answered is kept with the code')
  t.equal(events.length, 1)
})

/** What a machine is answered when its pool has this trigger. */
async function aMachine(t: Test, given: TriggerHandlers) {
  const { events, handlers } = watched(given)
  const seed = { UserPools: oauthSeed.UserPools.slice(0, 1) }
  const rockpool = await aRockpool(t, { seed, clock: aClock(), triggers: { one: handlers } })
  const domain = rockpool.pools[0]?.domainUrl
  const { ClientId, ClientSecret } = machine('machine', []) as unknown as Record<string, string>
  const ask = async (more: Record<string, string> = {}) => {
    const form = {
      grant_type: 'client_credentials',
      client_id: `${ClientId}`,
      client_secret: `${ClientSecret}`,
    }
    const answer = await postForm(`${domain}/oauth2/token`, { ...form, ...more })
    return { status: answer.status, body: (await answer.json()) as Record<string, string> }
  }
  return { ask, events }
}

t.test('T24 machines have a trigger from V3 on', async t => {
  const details = {
    accessTokenGeneration: { claimsToAddOrOverride: { tenant: 7 }, scopesToAdd: ['extra'] },
    idTokenGeneration: { claimsToAddOrOverride: { unseen: 1 } },
  }
  const third = await aMachine(t, answering(details, 'V3_0'))
  const { body } = await third.ask()
  t.match(third.events, [
    {
      version: '3',
      triggerSource: 'TokenGeneration_ClientCredentials',
      userName: 'ClientCredentials',
      request: { userAttributes: {}, groupConfiguration: null, scopes: ['api/read', 'api/write'] },
    },
  ])
  t.match(claims(body.access_token), { tenant: 7, scope: 'api/read api/write extra' })
  const second = await aMachine(t, answering(details, 'V2_0'))
  t.notOk('tenant' in claims((await second.ask()).body.access_token))
  t.strictSame(second.events, [])
  const refusing = await aMachine(t, { PreTokenGeneration: { Version: 'V3_0', Function: refuse('no') } })
  const error_description = 'PreTokenGeneration failed with error no.'
  t.match(await refusing.ask(), { status: 400, body: { error: 'invalid_grant', error_description } })
})

t.test('T25 what a machine sends along for its trigger', async t => {
  const { ask, events } = await aMachine(t, { PreTokenGeneration: { Version: 'V3_0', Function: pass } })
  await ask({ aws_client_metadata: '{"a":"b"}' })
  t.match(events[0]?.request, { clientMetadata: { a: 'b' } })
  t.match(await ask({ aws_client_metadata: '{"a":1}' }), { status: 400, body: { error: 'invalid_request' } })
  t.equal(events.length, 1)
})

t.test('T26 a version that the plan does not have, and two ARNs for one trigger', async t => {
  const { sdk } = await aReef(t)
  const LambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  const PreTokenGenerationConfig = { LambdaVersion: 'V2_0', LambdaArn } as const
  const create = (more: Partial<cognito.CreateUserPoolCommandInput>) =>
    refusal(sdk.send(new cognito.CreateUserPoolCommand({ PoolName: 'p', ...more })))
  t.strictSame(await create({ UserPoolTier: 'LITE', LambdaConfig: { PreTokenGenerationConfig } }), [
    'FeatureUnavailableInTierException',
    'The following features need to be disabled for the LITE pricing tier configured: Token Customization with Pre-Token Generation Lambda V2_0',
  ])
  const PreTokenGeneration = `${LambdaArn}2`
  t.strictSame(await create({ LambdaConfig: { PreTokenGeneration, PreTokenGenerationConfig } }), [
    'InvalidParameterException',
    "Cannot use PreTokenGenerationLambda and PreTokenGeneration with different Lambda function ARN's",
  ])
})

t.test('T27 ClientMetadata of an answer reaches the trigger, that of the beginning does not', async t => {
  const { sdk, admin, events } = await aReef(t, { PreTokenGeneration: pass })
  const Username = 'jane'
  const TemporaryPassword = 'Welcome-2-Rockpool!'
  await sdk.send(new cognito.AdminCreateUserCommand({ ...admin, Username, TemporaryPassword }))
  const credentials = { USERNAME: Username, PASSWORD: TemporaryPassword }
  const { Session } = await initiate(sdk, undefined, credentials, { ClientMetadata: { at: 'the beginning' } })
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session,
      ChallengeResponses: { USERNAME: Username, NEW_PASSWORD: 'Anemone-4-Jane!' },
      ClientMetadata: { at: 'the answer' },
    }),
  )
  t.match(events[0]?.request, { clientMetadata: { at: 'the answer' } })
  await initiate(sdk, undefined, undefined, { ClientMetadata: { at: 'the beginning' } })
  t.notOk('clientMetadata' in (events[1]?.request ?? {}))
})

t.test(
  'the version of LambdaConfig counts, and an answer of another version is told and changes nothing',
  async t => {
    const first = { claimsOverrideDetails: { claimsToAddOrOverride: { x: '1' } } }
    const world = await aReef(t, { PreTokenGeneration: event => Object.assign(event, { response: first }) })
    const LambdaArn = 'arn:aws:lambda:us-east-1:000000000000:function:f'
    const LambdaConfig = { PreTokenGenerationConfig: { LambdaVersion: 'V2_0', LambdaArn } } as const
    await world.sdk.send(new cognito.UpdateUserPoolCommand({ UserPoolId: poolId, LambdaConfig }))
    const { AuthenticationResult: tokens } = await initiate(world.sdk)
    t.match(world.events[0], { version: '2' })
    t.notOk('x' in claims(tokens?.IdToken))
    const { flights, flight } = world.rockpool.operations
    t.match(JSON.stringify(flights().map(({ id }) => flight(id))), /"ignored":\["claimsOverrideDetails"\]/)
  },
)
