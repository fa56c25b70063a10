import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { claims, aReef as pools, told } from './support/reef.js'
import { postForm } from './support/rockpool.js'
import { aReef, initiate, pass, password, refuse, through, watched } from './support/triggered-reef.js'

/** Two groups of marco, one of them with a role. */
async function withGroups({ sdk, admin }: Pick<Awaited<ReturnType<typeof aReef>>, 'sdk' | 'admin'>) {
  const RoleArn = 'arn:aws:iam::000000000000:role/diver'
  await sdk.send(new cognito.CreateGroupCommand({ ...admin, GroupName: 'divers', Precedence: 1, RoleArn }))
  await sdk.send(new cognito.CreateGroupCommand({ ...admin, GroupName: 'guests', Precedence: 2 }))
  for (const GroupName of ['guests', 'divers'])
    await sdk.send(new cognito.AdminAddUserToGroupCommand({ ...admin, GroupName, Username: 'marco' }))
  return RoleArn
}

t.test('U116 the groups of an event before tokens', async t => {
  const world = await aReef(t, { PreTokenGeneration: pass })
  const role = await withGroups(world)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  t.match(world.events, [
    {
      version: '1',
      triggerSource: 'TokenGeneration_Authentication',
      userName: 'marco',
      callerContext: { clientId: 'app0id' },
      request: {
        userAttributes: { 'cognito:user_status': 'CONFIRMED', email: 'marco@reef.example' },
        groupConfiguration: {
          groupsToOverride: ['divers', 'guests'],
          iamRolesToOverride: [role],
          preferredRole: role,
        },
      },
      response: { claimsOverrideDetails: null },
    },
  ])
  t.match(
    claims(tokens?.IdToken),
    { 'cognito:groups': ['divers', 'guests'] },
    'an event given back changes nothing',
  )
})

t.test('claims that a trigger changes', async t => {
  const world = await aReef(t, {
    PreTokenGeneration: event => {
      const keep = event.request.groupConfiguration
      event.response.claimsOverrideDetails = {
        claimsToAddOrOverride: {
          team: 'reef',
          email: 'other@reef.example',
          sub: 'forged',
          iss: 'forged',
          both: '1',
        },
        claimsToSuppress: ['email_verified', 'both', 'token_use'],
        groupOverrideDetails: { ...keep, groupsToOverride: ['chosen'] },
      }
      return event
    },
  })
  const role = await withGroups(world)
  const { AuthenticationResult: tokens } = await initiate(world.sdk)
  const { sub } = claims(tokens?.AccessToken)
  const id = claims(tokens?.IdToken)
  t.match(id, { team: 'reef', email: 'other@reef.example', sub, token_use: 'id', iss: /Reef00001$/ })
  t.match(id, { 'cognito:groups': ['chosen'], 'cognito:roles': [role], 'cognito:preferred_role': role })
  t.notOk('email_verified' in id || 'both' in id, 'to suppress goes before to add')
  const access = claims(tokens?.AccessToken)
  t.strictSame(access['cognito:groups'], ['chosen'])
  t.notOk('team' in access)
})

t.test('groups that a trigger takes away', async t => {
  for (const claimsOverrideDetails of [
    { groupOverrideDetails: {} },
    { groupOverrideDetails: null },
    { claimsToSuppress: ['cognito:groups'] },
  ]) {
    const world = await aReef(t, {
      PreTokenGeneration: event => Object.assign(event, { response: { claimsOverrideDetails } }),
    })
    await withGroups(world)
    const { AuthenticationResult: tokens } = await initiate(world.sdk)
    const names = Object.keys(claims(tokens?.IdToken)).filter(name => /groups|role/.test(name))
    t.strictSame(names, [], JSON.stringify(claimsOverrideDetails))
  }
})

t.test('T21 the occasions on which tokens are made', async t => {
  const { sdk, admin, events } = await aReef(t, { PreTokenGeneration: pass })
  const ClientMetadata = { from: 'the app' }
  const { AuthenticationResult: tokens } = await initiate(sdk, undefined, undefined, { ClientMetadata })
  const REFRESH_TOKEN = tokens?.RefreshToken ?? ''
  await initiate(sdk, 'REFRESH_TOKEN_AUTH', { REFRESH_TOKEN })
  await sdk.send(
    new cognito.GetTokensFromRefreshTokenCommand({
      ClientId: 'app0id',
      RefreshToken: REFRESH_TOKEN,
      ClientMetadata,
    }),
  )
  const TemporaryPassword = 'Welcome-2-Rockpool!'
  await sdk.send(new cognito.AdminCreateUserCommand({ ...admin, Username: 'jane', TemporaryPassword }))
  const asked = await initiate(sdk, undefined, { USERNAME: 'jane', PASSWORD: TemporaryPassword })
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD: password },
      ClientMetadata,
    }),
  )
  const told = events.map(({ triggerSource, request }) => [
    triggerSource,
    'clientMetadata' in request ? request.clientMetadata?.from : undefined,
  ])
  t.strictSame(told, [
    ['TokenGeneration_Authentication', undefined],
    ['TokenGeneration_RefreshTokens', undefined],
    ['TokenGeneration_Authentication', 'the app'],
    ['TokenGeneration_NewPasswordChallenge', 'the app'],
  ])
  const { events: seen, handlers } = watched({ PreTokenGeneration: pass })
  const pages = await pools(t, { triggers: { reef: handlers } })
  await pages.submit(aBrowser(), 'marco', password)
  t.match(seen, [{ triggerSource: 'TokenGeneration_HostedAuth' }])
})

t.test('a trigger before tokens that refuses, or answers with what is no text', async t => {
  const { sdk } = await aReef(t, { PreTokenGeneration: refuse('nope') })
  const failed = 'PreTokenGeneration failed with error nope.'
  t.strictSame(await refusal(initiate(sdk)), ['UserLambdaValidationException', failed])
  const numbers = { claimsOverrideDetails: { claimsToAddOrOverride: { team: 1 } } }
  const wrong = await aReef(t, {
    PreTokenGeneration: event => Object.assign(event, { response: numbers }),
  })
  t.match(await refusal(initiate(wrong.sdk)), [
    'InvalidLambdaResponseException',
    'Unrecognizable lambda output',
  ])
})

t.test('tokens of the hosted pages', async t => {
  const { events, handlers } = watched({
    PreTokenGeneration: event => {
      event.response.claimsOverrideDetails = { claimsToAddOrOverride: { team: 'reef' } }
      return event
    },
  })
  const { submit, exchange, domain } = await pools(t, { triggers: { reef: handlers } })
  const tokens = (await (await exchange(await submit(aBrowser(), 'marco', password))).json()) as Tokens
  t.match(claims(tokens.id_token), { team: 'reef', at_hash: /./ })
  const form = { grant_type: 'refresh_token', client_id: 'app0id', refresh_token: tokens.refresh_token }
  const again = (await (await postForm(`${domain}/oauth2/token`, form)).json()) as Tokens
  t.match(claims(again.id_token), { team: 'reef' })
  const implicit = { client_id: 'implicit0id', response_type: 'token', scope: 'openid' }
  t.match(claims(told(await submit(aBrowser(), 'marco', password, implicit)).id_token), { team: 'reef' })
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    ['TokenGeneration_HostedAuth', 'TokenGeneration_RefreshTokens', 'TokenGeneration_HostedAuth'],
    'once for both tokens',
  )
  const refusing = await pools(t, { triggers: { reef: { PreTokenGeneration: refuse('nope') } } })
  const error_description = /^PreTokenGeneration failed with error nope\./
  for (const more of [{}, implicit]) {
    const outcome = told(await refusing.submit(aBrowser(), 'marco', password, more))
    t.match(outcome, { error: 'invalid_request', error_description }, 'the callback is told')
    t.notOk('code' in outcome, 'and gets no code')
  }
})

t.test('N3 the trigger before tokens is asked when the code is made', async t => {
  let isOpen = true
  const { events, handlers } = watched({
    PreTokenGeneration: event => {
      if (!isOpen) throw new Error('nope')
      return event
    },
  })
  const { submit, exchange, signInThroughTide } = await pools(t, { triggers: { reef: handlers } })
  const arrival = await submit(aBrowser(), 'marco', password)
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    ['TokenGeneration_HostedAuth'],
    'before the code is out',
  )
  isOpen = false
  t.equal((await exchange(arrival)).status, 200, 'the exchange does not ask')
  t.equal(events.length, 1)
  const refused = {
    error: 'invalid_request',
    error_description: /^PreTokenGeneration failed with error nope\./,
  }
  const outcome = told(await submit(aBrowser(), 'marco', password))
  t.match(outcome, refused, 'N3 the callback is told')
  t.notOk('code' in outcome, 'without a code')
  t.match(told(await signInThroughTide(aBrowser(), through)), refused, 'through a provider too')
})

interface Tokens {
  readonly id_token: string
  readonly refresh_token: string
}
