import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { refusal } from './support/api.js'
import { aBrowser } from './support/browser.js'
import { aReef as pools, told } from './support/reef.js'
import { SRP_A } from './support/srp.js'
import { aReef, initiate, pass, refuse, watched } from './support/triggered-reef.js'

/** UserMigration: users whom another directory knows (docs/facts/triggers.md §5.4). */

type Response = TriggerEvent<'UserMigration'>['response']

const userAttributes = { email: 'nemo@old.example', email_verified: 'true' }
const answering = (response: Response): TriggerHandlers => ({
  UserMigration: event => Object.assign(event, { response }),
})
const confirmed = { userAttributes, finalUserStatus: 'CONFIRMED', messageAction: 'SUPPRESS' }
const old = { USERNAME: 'nemo', PASSWORD: 'weak' }

async function aPool(t: Test, handlers: TriggerHandlers) {
  const reef = await aReef(t, handlers)
  const signIn = (more: Record<string, string> = {}) => initiate(reef.sdk, undefined, { ...old, ...more })
  return { ...reef, signIn, outbox: () => reef.rockpool.operations.messages() }
}

t.test('T40 SRP of an unknown user asks no migration', async t => {
  const { sdk, events } = await aPool(t, answering(confirmed))
  t.match(await refusal(initiate(sdk, 'USER_SRP_AUTH', { USERNAME: 'nemo', SRP_A })), [
    'UserNotFoundException',
  ])
  t.strictSame(events, [])
})

t.test('T41 a migrated user has tokens at once, and keeps a password against the policy', async t => {
  const { signIn, events, userOf, outbox } = await aPool(t, answering(confirmed))
  t.match(await signIn(), { AuthenticationResult: { AccessToken: /./ } })
  t.match(events, [
    {
      triggerSource: 'UserMigration_Authentication',
      userName: 'nemo',
      request: { password: 'weak', validationData: null },
      response: { userAttributes: null, finalUserStatus: null, enableSMSMFA: null },
    },
  ])
  t.match(await userOf('nemo'), { UserStatus: 'CONFIRMED' })
  t.match(await signIn(), { AuthenticationResult: { AccessToken: /./ } }, 'now the pool knows the user')
  t.equal(events.length, 1)
  t.strictSame(await outbox(), [])
})

t.test('no operation of an administrator migrates', async t => {
  const { sdk, admin, events } = await aPool(t, answering(confirmed))
  const who = { ...admin, Username: 'nemo' }
  for (const asked of [
    new cognito.AdminResetUserPasswordCommand(who),
    new cognito.AdminSetUserPasswordCommand({ ...who, Password: 'Seaweed-1-Nemo!' }),
    new cognito.AdminConfirmSignUpCommand(who),
  ])
    t.match(await refusal(sdk.send(asked as never)), ['UserNotFoundException'])
  t.strictSame(events, [])
})

t.test('T42 without a status the password has to be reset', async t => {
  const { signIn, userOf } = await aPool(t, answering({ userAttributes, messageAction: 'SUPPRESS' }))
  t.match(await refusal(signIn()), ['PasswordResetRequiredException'])
  t.match(await userOf('nemo'), { UserStatus: 'RESET_REQUIRED' })
})

t.test('T43 an invitation, by text message unless the trigger asks for mail', async t => {
  const phone = { ...userAttributes, phone_number: '+15550001234' }
  const { messageAction: _suppressed, ...loud } = confirmed
  const byText = await aPool(t, answering({ ...loud, userAttributes: phone }))
  await byText.signIn()
  const [invitation] = await byText.outbox()
  t.match(invitation, { purpose: 'invitation', medium: 'SMS' })
  const byInvitation = byText.signIn({ PASSWORD: invitation?.secret ?? '' })
  t.match(await refusal(byInvitation), ['NotAuthorizedException'], 'its password is good for nothing')
  const [flight] = byText.rockpool.operations
    .flights()
    .filter(({ user }) => user === 'nemo')
    .slice(-1)
  t.match(
    JSON.stringify(byText.rockpool.operations.flight(flight?.id ?? '')),
    /whose temporary password is good for nothing/,
    'and the flight says so',
  )
  const mail = { ...loud, userAttributes: phone, desiredDeliveryMediums: ['EMAIL'] }
  const byMail = await aPool(t, answering(mail))
  await byMail.signIn()
  t.match(await byMail.outbox(), [{ purpose: 'invitation', medium: 'EMAIL' }])
})

t.test('T44 a forgotten password: no password in the event, and a code', async t => {
  const { sdk, events, outbox, userOf } = await aPool(
    t,
    answering({ userAttributes, messageAction: 'SUPPRESS' }),
  )
  const forgot = new cognito.ForgotPasswordCommand({ ClientId: 'app0id', Username: 'nemo' })
  t.match(await sdk.send(forgot), { CodeDeliveryDetails: { DeliveryMedium: 'EMAIL' } })
  t.match(events, [{ triggerSource: 'UserMigration_ForgotPassword' }])
  t.notOk('password' in (events[0]?.request ?? {}))
  t.match(await outbox(), [{ purpose: 'password reset', to: 'nemo@old.example' }])
  t.match(await userOf('nemo'), { UserStatus: 'RESET_REQUIRED' })
})

t.test('T45 a migration that refuses, and one that knows nobody', async t => {
  const { signIn, userOf } = await aPool(t, { UserMigration: refuse('Bad password') })
  t.strictSame(await refusal(signIn()), [
    'UserLambdaValidationException',
    'UserMigration failed with error Bad password.',
  ])
  t.match(await refusal(userOf('nemo')), ['UserNotFoundException'])
  const unknowing = await aPool(t, { UserMigration: pass })
  t.match(await refusal(unknowing.signIn()), ['UserNotFoundException'])
  const own = await aPool(t, answering({ ...confirmed, userAttributes: { ...userAttributes, sub: 'x' } }))
  t.match(await refusal(own.signIn()), ['UserNotFoundException'], 'a sub of its own')
  const named = { ...userAttributes, username: 'other' }
  const misnamed = await aPool(t, answering({ ...confirmed, userAttributes: named }))
  t.match(await refusal(misnamed.signIn()), ['InvalidLambdaResponseException'])
})

t.test('an alias that was typed leads to a username that the trigger gives', async t => {
  const named = { ...userAttributes, username: 'nemo-of-old' }
  const { signIn, userOf } = await aPool(t, answering({ ...confirmed, userAttributes: named }))
  await signIn({ USERNAME: userAttributes.email })
  t.match(await userOf('nemo-of-old'), { UserStatus: 'CONFIRMED' })
})

t.test('a sign-in by choice migrates where it begins with the password', async t => {
  const { sdk, admin, events, rockpool } = await aPool(t, answering(confirmed))
  const ExplicitAuthFlows: cognito.ExplicitAuthFlowsType[] = ['ALLOW_USER_AUTH']
  const client = { ...admin, ClientId: 'app0id', ExplicitAuthFlows }
  await sdk.send(new cognito.UpdateUserPoolClientCommand(client))
  t.match(await refusal(initiate(sdk, 'USER_AUTH', { USERNAME: 'nemo' })), ['UserNotFoundException'])
  const bySrp = { USERNAME: 'nemo', PREFERRED_CHALLENGE: 'PASSWORD_SRP', SRP_A }
  t.match(await refusal(initiate(sdk, 'USER_AUTH', bySrp)), ['UserNotFoundException'])
  t.strictSame(events, [])
  const done = await initiate(sdk, 'USER_AUTH', { ...old, PREFERRED_CHALLENGE: 'PASSWORD' })
  t.match(done, { AuthenticationResult: { AccessToken: /./ } })
  t.match(events, [{ triggerSource: 'UserMigration_Authentication', request: { password: 'weak' } }])
  const flights = rockpool.operations.flights().map(({ id }) => rockpool.operations.flight(id))
  t.notMatch(JSON.stringify(flights), /"weak"/, 'the password is masked where the call is shown')
})

t.test('the hosted pages migrate too', async t => {
  const { events, handlers } = watched(answering(confirmed))
  const { submit } = await pools(t, { triggers: { reef: handlers } })
  t.match(told(await submit(aBrowser(), 'nemo', 'weak')), { code: /./ })
  t.match(events, [{ triggerSource: 'UserMigration_Authentication', request: { password: 'weak' } }])
})
