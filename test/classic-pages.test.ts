import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { aBay, callback, messages, password, temporary, visitor } from './support/hosted.js'
import { pngOf } from './support/pictures.js'

t.test('the classic sign-in page', async t => {
  const bay = await aBay(t)
  const { open, submit, signIn } = visitor(bay)
  const page = (await open('/login')).text
  const visitorBrowser = visitor(bay).browser

  t.test('P1: has the form, the fields and the button that scripts know', async t => {
    t.match(page, /<form[^>]* name="cognitoSignInForm"/)
    t.match(page, /<input[^>]* id="signInFormUsername" name="username"/)
    t.match(page, /<input[^>]* id="signInFormPassword" name="password"/)
    t.match(page, /<input type="hidden" name="_csrf" value="[^"]+"/)
    t.match(page, /<input type="hidden" name="cognitoAsfData" value=""/)
    t.match(page, /name="signInSubmitButton" value="Sign in"/)
  })
  t.test('P5: every link and action repeats the query', async t => {
    const own = [...page.matchAll(/(?:action|href)="(\/bay\/[^"]*)"/g)].map(([, url = '']) => url)
    t.ok(own.length >= 3)
    for (const url of own) t.match(url.replaceAll('&amp;', '&'), `?${bay.query()}`)
  })
  t.test('P3: a wrong password has no Location, and the words of Cognito', async t => {
    const { location, text } = await submit('/login', { username: 'marco', password: 'wrong' })
    t.equal(location, '')
    t.match(text, /id="loginErrorMessage"[^>]*>Incorrect username or password\.</)
  })
  t.test('P4: a wrong or missing token makes no session', async t => {
    for (const _csrf of ['', 'x'.repeat(32)])
      t.match(await submit('/login', { username: 'marco', password, _csrf }), { location: '' })
  })
  t.test('P2: the right password ends at the callback, without the fingerprint of a device', async t => {
    const { location, status } = await submit('/login', { username: 'marco', password, cognitoAsfData: '' })
    t.equal(status, 302)
    t.match(location, /^https:\/\/app\.example\/cb\?code=[^&]+&state=s1$/)
  })
  t.test('P25: a live session offers to go on; authorize goes on at once', async t => {
    const { text } = await open('/login')
    t.match(text, 'Sign in as a different user?')
    t.match(text, 'Sign in as marco')
    t.match((await submit('/login', { resume: 'yes' })).location, /\/cb\?code=/)
    t.match((await open('/oauth2/authorize')).location, /\/cb\?code=/)
    const other = /href="([^"]*prompt=login[^"]*)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const form = await (await visitorBrowser.get(`${bay.rockpool.baseUrl}${other}`)).text()
    t.match(form, 'signInFormUsername')
  })
  t.test('P27: a second user in the same browser replaces the first', async t => {
    t.match((await signIn('ada')).location, /code=/)
    t.match((await open('/login')).text, 'Sign in as ada')
  })
  t.test('P37: knows English only', async t => {
    const japanese = visitor(bay, { lang: 'ja' })
    const { text, headers } = await japanese.open('/login')
    t.match(text, '<html lang="en"')
    t.notMatch(headers.getSetCookie().join(), 'lang=')
  })
  t.test('P23: authorize takes response_type in capitals, with a provider', async t => {
    const upstream = visitor(bay, {
      client_id: 'upstreamclient1',
      response_type: 'CODE',
      identity_provider: 'Upper',
    })
    t.match((await upstream.open('/oauth2/authorize')).location, /^https:\/\/up\.example\/authorize\?/)
  })
  t.test('P24: without COGNITO there are buttons only', async t => {
    const { text } = await visitor(bay, { client_id: 'upstreamclient1' }).open('/login')
    t.notMatch(text, 'cognitoSignInForm')
    t.match(text, 'data-provider="Upper"')
    t.match(text, 'data-provider="Lower"')
  })
  t.test('P42: knows no passkeys', async t => {
    const url = `${bay.domain}/passkeys/add?client_id=webclient1&redirect_uri=${callback}`
    t.equal((await visitorBrowser.get(url)).status, 400)
    t.notMatch((await visitor(bay, { client_id: 'choiceclient1' }).open('/login')).text, 'passkey')
  })
  t.test('P22: /error is a page with status 400', async t => {
    const { status, text, headers } = await visitor(bay).open('/error')
    t.equal(status, 400)
    t.match(text, 'An error was encountered with the requested page.')
    t.equal(headers.get('x-frame-options'), 'DENY')
  })
  t.test('P32: a page of a challenge is good for as long as the client says', async t => {
    const jane = visitor(bay)
    t.match((await jane.signIn('jane', temporary)).location, '/bay/changePassword?')
    const { text } = await jane.open('/changePassword')
    const challenge = /name="challenge" value="([^"]*)"/.exec(text)?.[1] ?? ''
    bay.clock.advance({ seconds: 181 })
    const late = await jane.submit('/changePassword', {
      challenge,
      new_password: password,
      confirm_password: password,
    })
    t.match(late.text, 'session is expired')
  })
  t.test('P28: a temporary password is replaced, and missing attributes are told', async t => {
    await bay.sdk.send(
      new cognito.AdminCreateUserCommand({
        UserPoolId: bay.UserPoolId,
        Username: 'bare',
        TemporaryPassword: temporary,
      }),
    )
    const bare = visitor(bay)
    t.match((await bare.signIn('bare', temporary)).location, '/bay/changePassword?')
    const { text } = await bare.open('/changePassword')
    t.match(text, 'name="requiredAttributes[email]"')
    const challenge = /name="challenge" value="([^"]*)"/.exec(text)?.[1] ?? ''
    const form = { challenge, new_password: password, confirm_password: password }
    t.match((await bare.submit('/changePassword', form)).text, 'email')
    const email = { 'requiredAttributes[email]': 'bare@bay.example' }
    t.match((await bare.submit('/changePassword', { ...form, ...email })).location, /cb\?code=/)
  })
})

t.test('signing up at the classic pages', async t => {
  const bay = await aBay(t)
  t.test('P10: the form has the names that scripts know', async t => {
    const { text } = await visitor(bay).open('/signup')
    t.match(text, /<form[^>]* name="signupform"/)
    t.match(text, /name="username"/)
    t.match(text, /type="email" id="requiredAttributes\[email\]" name="requiredAttributes\[email\]"/)
    t.match(text, 'placeholder="name@host.com"')
    t.match(text, /type="password" id="password" name="password"/)
    t.match(text, /<button[^>]*name="signUpButton" value="Sign up">Sign up</)
    t.notMatch(text, 'team', 'P11: optional and custom attributes are not asked')
    t.notMatch(text, 'given_name')
    t.match(text, 'checkPassword-lowerletter', 'P21: the rules of the policy')
  })
  const lee = visitor(bay)
  t.test('P12: it leads to /confirm, without the user name in the address', async t => {
    const { status, location } = await lee.signUp('lee')
    t.equal(status, 302)
    t.equal(location, `/bay/confirm?${bay.query()}`)
  })
  t.test('P13: /confirm says where the code went, and has the names that scripts know', async t => {
    const { text } = await lee.open('/confirm')
    t.match(text, 'Confirm your account')
    t.match(text, 'We have sent a code by email to <strong class="app">l***@b***</strong>.')
    t.match(text, /id="verification_code" name="code"/)
    t.match(text, /name="confirm" value="Confirm account">Confirm account</)
  })
  t.test('P15: a wrong code is told on the page', async t => {
    t.match(
      (await lee.submit('/confirm', { code: '000000' })).text,
      'Invalid verification code provided, please try again.',
    )
  })
  t.test('/resendcode sends another code, and says so', async t => {
    const before = await bay.lastCode('lee')
    t.match((await lee.submit('/resendcode', {})).location, '/bay/confirm?')
    t.match((await lee.open('/confirm')).text, 'We have sent you another code.')
    t.not(await bay.lastCode('lee'), before)
  })
  t.test('P14: the right code confirms the user, and signs in', async t => {
    const { location } = await lee.submit('/confirm', { code: await bay.lastCode('lee') })
    t.match(location, /^https:\/\/app\.example\/cb\?code=[^&]+&state=s1$/)
    const { UserStatus, UserAttributes = [] } = await bay.user('lee')
    t.equal(UserStatus, 'CONFIRMED')
    t.equal(UserAttributes.find(({ Name }) => Name === 'email_verified')?.Value, 'true')
  })
  t.test('a code that comes from another browser, or late, still confirms', async t => {
    const kim = visitor(bay)
    await kim.signUp('kim')
    bay.clock.advance({ seconds: 200 })
    t.match(
      (await kim.submit('/confirm', { code: await bay.lastCode('kim') })).location,
      '/bay/login?',
      'the user signs in next',
    )
    t.match((await kim.open('/login')).text, 'Your account is confirmed')
    t.equal((await bay.user('kim')).UserStatus, 'CONFIRMED')
  })
  t.test('what is refused stands beside its field, and nothing typed is lost', async t => {
    const mia = visitor(bay)
    const weak = await mia.signUp('mia', { password: 'weak' })
    t.match(weak.text, /href="#password">Password did not conform with policy: Password not long enough</)
    t.match(weak.text, 'value="mia@bay.example"')
    t.match((await mia.signUp('marco')).text, /href="#username">User already exists</)
    t.match((await mia.signUp('mia', { 'requiredAttributes[email]': '' })).text, /href="#requiredAttributes/)
  })
  t.test('an unconfirmed user who signs in is sent another code, and goes on from there', async t => {
    await visitor(bay).signUp('noa')
    const noa = visitor(bay)
    t.match((await noa.signIn('noa')).location, '/bay/confirm?')
    t.match((await noa.submit('/confirm', { code: await bay.lastCode('noa') })).location, /cb\?code=/)
  })
  t.test('P16: where only administrators make users there is no way to sign up', async t => {
    const closed = await aBay(t, { pool: { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } } })
    const { open, submit } = visitor(closed)
    t.notMatch((await open('/login')).text, 'Sign up')
    t.equal((await open('/signup')).status, 400)
    await open('/login')
    t.match((await submit('/signup', { username: 'x', password })).text, 'SignUp is not permitted')
  })
  t.test('P34: without an attribute to verify the user exists, and the page says why', async t => {
    const silent = await aBay(t, { pool: { AutoVerifiedAttributes: [] } })
    t.match((await visitor(silent).signUp('lee')).text, 'Auto verification not turned on.')
    t.equal((await silent.user('lee')).UserStatus, 'UNCONFIRMED')
  })
})

t.test('P17: the link in a mail confirms the user, in any browser', async t => {
  const bay = await aBay(t, {
    pool: { VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' } },
  })
  await visitor(bay).signUp('lee')
  const [letter] = await messages(bay.rockpool.baseUrl, 'lee')
  t.equal(letter?.subject, 'Your verification link')
  const link = /href="([^"]+)"/.exec(letter?.body ?? '')?.[1]?.replaceAll('&amp;', '&') ?? ''
  t.match(link, /\/bay\/confirmUser\?client_id=webclient1&user_name=lee&confirmation_code=\d{6}$/)
  const answer = await fetch(link, { redirect: 'manual' })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('location'), null)
  t.match(await answer.text(), 'Your account is confirmed')
  t.equal((await bay.user('lee')).UserStatus, 'CONFIRMED')
  t.equal((await fetch(link)).status, 400, 'once')
})

t.test('P18: where addresses are user names, the link names the sub', async t => {
  const bay = await aBay(t, {
    pool: {
      UsernameAttributes: ['email'],
      Users: [],
      VerificationMessageTemplate: { DefaultEmailOption: 'CONFIRM_WITH_LINK' },
    },
  })
  const { open, submit } = visitor(bay)
  const { text } = await open('/signup')
  t.match(text, /type="email" id="username" name="username"/)
  t.notMatch(text, 'requiredAttributes[email]', 'the address is not asked twice')
  await submit('/signup', { username: 'lee@bay.example', password })
  const { Username: sub = '' } = await bay.user('lee@bay.example')
  const [letter] = await messages(bay.rockpool.baseUrl, sub)
  t.match(letter?.body, `user_name=${sub}`)
})

t.test('P19, P20: a forgotten password', async t => {
  const bay = await aBay(t)
  const marco = visitor(bay)
  t.match((await marco.open('/login')).text, 'Forgot your password?')
  t.match((await marco.open('/forgotPassword')).text, 'Enter your Username below')
  t.match(
    (await marco.submit('/forgotPassword', { username: 'marco' })).location,
    '/bay/confirmForgotPassword?',
  )
  t.match((await marco.open('/confirmForgotPassword')).text, 'We have sent a password reset code by email')
  const form = { new_password: 'Barnacle-9-Marco!', confirm_password: 'Barnacle-9-Marco!' }
  const wrong = await marco.submit('/confirmForgotPassword', { code: '000000', ...form })
  t.match(wrong.text, /href="#code">Invalid verification code provided/)
  const code = await bay.lastCode('marco')
  const differ = await marco.submit('/confirmForgotPassword', { code, ...form, confirm_password: 'x' })
  t.match(differ.text, /href="#confirm_password">/)
  const { location } = await marco.submit('/confirmForgotPassword', { code, ...form })
  t.equal(location, `/bay/login?${bay.query()}`)
  t.match((await marco.open('/login')).text, 'Your password is changed.')
  t.match((await marco.signIn('marco', 'Barnacle-9-Marco!')).location, /cb\?code=/)
})

t.test('P48, P49, P50: the owner’s sheet and logo', async t => {
  const bay = await aBay(t)
  const set = async (ClientId: string, CSS: string) =>
    (
      await bay.sdk.send(
        new cognito.SetUICustomizationCommand({
          UserPoolId: bay.UserPoolId,
          ClientId,
          CSS,
          ImageFile: pngOf(300, 100),
        }),
      )
    ).UICustomization
  const sheetOf = async (client_id: string) => {
    const { text } = await visitor(bay, { client_id }).open('/login')
    const href = /href="([^"]*custom-css\.css)"/.exec(text)?.[1] ?? ''
    return { text, href, css: href && (await (await fetch(`${bay.rockpool.baseUrl}${href}`)).text()) }
  }
  const all = await set('ALL', '.banner-customizable { background-color: #102a43; }')
  t.match(all?.CSSVersion, /^\d{14}$/)
  const first = await sheetOf('webclient1')
  t.match(first.css, '.banner-customizable {\n  background-color: #102a43;\n}')
  t.match(first.href, `/${bay.UserPoolId}/ALL/${all?.CSSVersion}/assets/CSS/custom-css.css`)
  const logo = await fetch(all?.ImageUrl ?? '')
  t.equal(logo.headers.get('content-type'), 'image/png')
  t.match(first.text, /<img class="logo-customizable" src="[^"]+"/)
  await set('webclient1', '.label-customizable { font-weight: 700; }')
  const own = await sheetOf('webclient1')
  t.match(own.css, 'font-weight: 700')
  t.notMatch(own.css, '#102a43')
  t.match((await sheetOf('otherclient1')).css, '#102a43')
})

t.test(
  'P26: a session outlives other passwords, factors and signing out, and ends after an hour',
  async t => {
    const bay = await aBay(t, {
      pool: { MfaConfiguration: 'OPTIONAL', SoftwareTokenMfaConfiguration: { Enabled: true } },
    })
    const { UserPoolId, sdk, clock } = bay
    const { open, signIn } = visitor(bay)
    await signIn('marco')
    const isResumed = async () => (await open('/oauth2/authorize')).location.startsWith(`${callback}?code=`)
    const Username = 'marco'
    await sdk.send(
      new cognito.AdminSetUserPasswordCommand({
        UserPoolId,
        Username,
        Password: 'Barnacle-9-Marco!',
        Permanent: true,
      }),
    )
    t.ok(await isResumed(), 'after another password')
    await sdk.send(
      new cognito.SetUserPoolMfaConfigCommand({
        UserPoolId,
        MfaConfiguration: 'ON',
        SoftwareTokenMfaConfiguration: { Enabled: true },
      }),
    )
    t.ok(await isResumed(), 'after the pool insists on a second factor')
    await sdk.send(new cognito.AdminUserGlobalSignOutCommand({ UserPoolId, Username }))
    t.ok(await isResumed(), 'after GlobalSignOut')
    clock.advance({ seconds: 3599 })
    t.ok(await isResumed(), 'for an hour')
    clock.advance({ seconds: 2 })
    t.notOk(await isResumed(), 'and no longer, though it was used')
  },
)

t.test('P45: no page takes the code of a changed address', async t => {
  for (const version of [1, 2]) {
    const bay = await aBay(t, {
      version,
      pool: {
        UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
      },
    })
    const { sdk, domain } = bay
    const { AuthenticationResult } = await sdk.send(
      new cognito.InitiateAuthCommand({
        ClientId: 'choiceclient1',
        AuthFlow: 'USER_AUTH',
        AuthParameters: { USERNAME: 'marco', PASSWORD: password, PREFERRED_CHALLENGE: 'PASSWORD' },
      }),
    )
    await sdk.send(
      new cognito.UpdateUserAttributesCommand({
        AccessToken: AuthenticationResult?.AccessToken,
        UserAttributes: [{ Name: 'email', Value: 'new@bay.example' }],
      }),
    )
    const code = await bay.lastCode('marco')
    t.match(code, /^\d{6}$/)
    const link = new URLSearchParams({
      client_id: 'webclient1',
      user_name: 'marco',
      confirmation_code: code,
    })
    t.equal((await fetch(`${domain}/confirmUser?${link}`)).status, 400)
    const marco = visitor(bay)
    await marco.open('/login')
    t.match((await marco.submit('/confirm', { username: 'marco', code })).location, '')
    const { UserAttributes = [] } = await bay.user('marco')
    t.equal(UserAttributes.find(({ Name }) => Name === 'email')?.Value, 'marco@bay.example')
  }
})

/** Fails, or counts the calls of functions that the pages never call. */
const triggersOfPages = (called: string[]) => ({
  PreSignUp: () => {
    throw new Error('We are full.')
  },
  ...Object.fromEntries(
    ['DefineAuthChallenge', 'CreateAuthChallenge', 'VerifyAuthChallengeResponse'].map(name => [
      name,
      (event: unknown) => {
        called.push(name)
        return event
      },
    ]),
  ),
})

t.test('the pages and triggers', async t => {
  for (const version of [1, 2]) {
    const called: string[] = []
    const bay = await aBay(t, { version, options: { triggers: { bay: triggersOfPages(called) } } })
    t.test('P35: a PreSignUp that throws is told on the sign-up page, and there is no user', async t => {
      const { text, location } = await visitor(bay).signUp('lee')
      t.equal(location, '')
      t.match(text, 'PreSignUp failed with error We are full.')
      t.match(text, 'value="lee@bay.example"')
      await t.rejects(bay.user('lee'), { name: 'UserNotFoundException' })
    })
    t.test('P44: the triggers of custom challenges are not called', async t => {
      t.match((await visitor(bay).signIn('marco')).location, /cb\?code=/)
      const choice = visitor(bay, { client_id: 'choiceclient1' })
      await choice.open('/login')
      await choice.submit('/login', { username: 'marco', password })
      if (version === 2) await choice.open('/verifyPassword')
      if (version === 2) t.match((await choice.submit('/verifyPassword', { password })).location, /cb\?code=/)
      t.strictSame(called, [])
    })
  }
})
