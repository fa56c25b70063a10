import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aReef as pools, told } from './support/reef.js'
import { SRP_A } from './support/srp.js'
import { aReef, initiate, pass, password, refuse, through, watched } from './support/triggered-reef.js'

t.test('U114 after a sign-in: no device is new where none is known', async t => {
  const { sdk, events } = await aReef(t, { PostAuthentication: pass })
  await initiate(sdk, undefined, undefined, { ClientMetadata: { from: 'the app' } })
  t.match(events, [
    {
      triggerSource: 'PostAuthentication_Authentication',
      userName: 'marco',
      callerContext: { clientId: 'app0id' },
      request: { userAttributes: { 'cognito:user_status': 'CONFIRMED' }, newDeviceUsed: false },
      response: {},
    },
  ])
  t.notOk('clientMetadata' in (events[0]?.request ?? {}), 'what came at the beginning is not for it')
})

t.test('U115 T33 T35 before a sign-in: validation data is what the app sends along', async t => {
  const { sdk, events, admin } = await aReef(t, { PreAuthentication: pass })
  await initiate(sdk)
  t.match(events[0], {
    triggerSource: 'PreAuthentication_Authentication',
    userName: 'marco',
    request: {
      userAttributes: { email: 'marco@reef.example', 'cognito:user_status': 'CONFIRMED' },
      validationData: null,
    },
    response: {},
  })
  t.notOk('userNotFound' in (events[0]?.request ?? {}))
  const more = { ClientMetadata: { from: 'the app' } }
  await initiate(sdk, 'USER_SRP_AUTH', { USERNAME: 'marco', SRP_A }, more)
  t.match(events[1]?.request, { validationData: { from: 'the app' } })
  t.match(await refusal(initiate(sdk, undefined, { USERNAME: 'marco', PASSWORD: 'Wrong-1-Password!' })), [
    'NotAuthorizedException',
  ])
  t.equal(events.length, 3, 'it is asked before the password is looked at')
  const unknown = { USERNAME: 'nobody', PASSWORD: password }
  t.match(await refusal(initiate(sdk, undefined, unknown)), ['UserNotFoundException'])
  t.equal(events.length, 3)
  await sdk.send(
    new cognito.UpdateUserPoolClientCommand({
      ...admin,
      ClientId: 'app0id',
      PreventUserExistenceErrors: 'ENABLED',
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  )
  t.match(await refusal(initiate(sdk, undefined, unknown)), ['NotAuthorizedException'])
  t.match(events[3], { userName: 'nobody', request: { userAttributes: {}, userNotFound: true } })
  await initiate(sdk)
  t.match(events[4]?.request, { userNotFound: false })
  t.equal(events.length, 5)
})

t.test('T34 triggers around a sign-in that refuse', async t => {
  const before = await aReef(t, { PreAuthentication: refuse('not today'), PostAuthentication: pass })
  t.strictSame(await refusal(initiate(before.sdk)), [
    'UserLambdaValidationException',
    'PreAuthentication failed with error not today.',
  ])
  t.equal(before.events.length, 1)
  const wrong = { USERNAME: 'marco', PASSWORD: 'Wrong-1-Password!' }
  t.match(await refusal(initiate(before.sdk, undefined, wrong)), ['UserLambdaValidationException'])
  const { sdk, admin, events } = await aReef(t, {
    PreAuthentication: pass,
    PostAuthentication: event => {
      if (event.request.clientMetadata?.let !== 'in') throw new Error('no')
      return event
    },
    PreTokenGeneration: pass,
  })
  t.match(await refusal(initiate(sdk)), [/./, 'PostAuthentication failed with error no.'])
  const TemporaryPassword = 'Welcome-2-Rockpool!'
  await sdk.send(new cognito.AdminCreateUserCommand({ ...admin, Username: 'jane', TemporaryPassword }))
  events.length = 0
  const asked = await initiate(sdk, undefined, { USERNAME: 'jane', PASSWORD: TemporaryPassword })
  await sdk.send(
    new cognito.RespondToAuthChallengeCommand({
      ClientId: 'app0id',
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      Session: asked.Session,
      ChallengeResponses: { USERNAME: 'jane', NEW_PASSWORD: password },
      ClientMetadata: { let: 'in' },
    }),
  )
  t.strictSame(
    events.map(({ triggerSource }) => triggerSource),
    [
      'PreAuthentication_Authentication',
      'PostAuthentication_Authentication',
      'TokenGeneration_NewPasswordChallenge',
    ],
    'once each, with a challenge in between',
  )
})

t.test('O49 the triggers of a federated sign-in, and of one at the hosted pages', async t => {
  const { events, handlers } = watched({
    PreSignUp: pass,
    PostConfirmation: pass,
    PreAuthentication: pass,
    PostAuthentication: pass,
    PreTokenGeneration: pass,
  })
  const { signInThroughTide, submit, exchange } = await pools(t, { triggers: { reef: handlers } })
  const sources = () => events.splice(0).map(({ triggerSource }) => triggerSource)
  await exchange(await signInThroughTide(aBrowser(), through), 'through0id')
  t.match(events[0], {
    userName: /^tide_/i,
    request: {
      userAttributes: { 'cognito:email_alias': '', email_verified: 'false', email: 'marco@tide.example' },
      validationData: {},
    },
  })
  t.match(events[1]?.request.userAttributes, {
    sub: /.{36}/,
    identities: /"providerName":"Tide"/,
    'cognito:user_status': 'EXTERNAL_PROVIDER',
  })
  t.strictSame(sources(), [
    'PreSignUp_ExternalProvider',
    'PostConfirmation_ConfirmSignUp',
    'TokenGeneration_HostedAuth',
  ])
  const around = [
    'PreAuthentication_Authentication',
    'PostAuthentication_Authentication',
    'TokenGeneration_HostedAuth',
  ]
  await exchange(await signInThroughTide(aBrowser(), through), 'through0id')
  t.strictSame(sources(), around)
  await exchange(await submit(aBrowser(), 'marco', password))
  t.strictSame(sources(), around)
  const refusing = await pools(t, { triggers: { reef: { PreAuthentication: refuse('not today') } } })
  const page = await refusing.submit(aBrowser(), 'marco', password)
  t.match(await page.text(), /PreAuthentication failed with error not today\./, 'the page says so')
  await refusing.signInThroughTide(aBrowser(), through)
  t.match(told(await refusing.signInThroughTide(aBrowser(), through)), {
    error: 'invalid_request',
    error_description: 'PreAuthentication failed with error not today. ',
  })
})
