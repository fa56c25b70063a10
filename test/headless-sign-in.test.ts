import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { aBay, type Bay, password, temporary } from './support/hosted.js'

/** Signs somebody in without a browser, at the control API. */
async function signIn(bay: Bay, request: object) {
  const answer = await fetch(`${bay.rockpool.baseUrl}/_rockpool/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pool: 'bay', client: 'web', password, ...request }),
  })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const isMarco = { status: 200, body: { claims: { access: { username: 'marco' } } } }

for (const version of [1, 2])
  t.test(`a headless sign-in goes through the pages, version ${version}`, async t => {
    const bay = await aBay(t, { version })
    t.match(await signIn(bay, { username: 'marco' }), isMarco)
    t.match(await signIn(bay, { username: 'marco', client: 'choice' }), isMarco, 'by user name first')
    const wrong = { username: 'marco', password: 'wrong' }
    const told = { body: { message: /Incorrect username or password\./ } }
    t.match(await signIn(bay, wrong), told)
    t.match(await signIn(bay, { ...wrong, client: 'choice' }), told)
    const { UserPoolId } = bay
    const Username = 'bare'
    await bay.sdk.send(
      new cognito.AdminCreateUserCommand({ UserPoolId, Username, TemporaryPassword: temporary }),
    )
    const bare = { username: 'bare', password: temporary, newPassword: password }
    t.match(await signIn(bay, bare), { body: { message: /attributes that bare lacks: .*email/ } })
    const attributes = { email: 'bare@bay.example' }
    t.match(await signIn(bay, { ...bare, attributes }), { status: 200 })
    t.match((await bay.user('bare')).UserAttributes?.at(-1), { Value: 'bare@bay.example' })
  })

t.test('a headless sign-in chooses what it can answer', async t => {
  const factors = (...AllowedFirstAuthFactors: string[]) => ({
    Policies: { SignInPolicy: { AllowedFirstAuthFactors } },
  })
  const choosing = await aBay(t, { version: 2, pool: factors('PASSWORD', 'EMAIL_OTP', 'WEB_AUTHN') })
  t.match(await signIn(choosing, { username: 'marco', client: 'choice' }), isMarco)
  const mfa = { MfaConfiguration: 'ON', SoftwareTokenMfaConfiguration: { Enabled: true } }
  for (const version of [1, 2]) {
    const guarded = await aBay(t, { version, pool: mfa })
    t.match(await signIn(guarded, { username: 'marco' }), isMarco, 'it sets an app up')
    t.match(await signIn(guarded, { username: 'marco' }), isMarco, 'and uses it')
  }
})

t.test('a headless sign-in says what a page says that is unavailable', async t => {
  const bay = await aBay(t, { version: 2 })
  t.match(await signIn(bay, { username: 'marco', client: 'other' }), {
    body: { message: /Login pages unavailable/ },
  })
})
