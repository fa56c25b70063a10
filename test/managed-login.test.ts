import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { wordsIn } from '../src/pages/words/words.js'
import { aBay, password, visitor } from './support/hosted.js'
import { pngOf } from './support/pictures.js'

t.test('P6, O64: managed login needs a style for the client', async t => {
  const bay = await aBay(t)
  await bay.useVersion(2)
  const { open } = visitor(bay)
  const { status, text } = await open('/login')
  t.equal(status, 400)
  t.match(text, 'Login pages unavailable')
  t.match(text, 'CreateManagedLoginBranding for ClientId webclient1')
  await bay.style('webclient1')
  t.match((await open('/login')).text, 'name="username"')
})

t.test('managed login', async t => {
  const bay = await aBay(t, { version: 2 })
  t.test('P7: user name and password stand on one page', async t => {
    const { open, signIn } = visitor(bay)
    const { text } = await open('/login')
    t.match(text, 'name="username"')
    t.match(text, 'name="password"')
    t.match(text, 'name="csrf"')
    t.notMatch(text, '-customizable')
    t.match((await signIn('marco')).location, /cb\?code=/)
  })
  t.test('P8: where users choose, the user name comes alone, and then a factor', async t => {
    const choice = visitor(bay, { client_id: 'choiceclient1' })
    const { text } = await choice.open('/login')
    t.notMatch(text, 'name="password"')
    t.match(text, '>Next<')
    const { location } = await choice.submit('/login', { username: 'marco' })
    t.equal(location, `/bay/verifyPassword?${bay.query({ client_id: 'choiceclient1' })}`)
    t.match((await choice.open('/verifyPassword')).text, 'name="password"')
    const wrong = await choice.submit('/verifyPassword', { password: 'wrong' })
    t.match(wrong.text, 'Incorrect username or password.')
    t.match((await choice.submit('/verifyPassword', { password })).location, /cb\?code=/)
  })
  t.test('P8: or the choice of a factor, such as a code by mail', async t => {
    const Policies = { SignInPolicy: { AllowedFirstAuthFactors: ['PASSWORD', 'EMAIL_OTP'] } } as const
    const choosing = await aBay(t, { version: 2, pool: { Policies } })
    const choice = visitor(choosing, { client_id: 'choiceclient1' })
    await choice.open('/login')
    t.match((await choice.submit('/login', { username: 'marco' })).location, '/bay/selectFactor?')
    t.match((await choice.open('/selectFactor')).text, 'Send me a mail')
    t.match((await choice.submit('/selectFactor', { factor: 'EMAIL_OTP' })).location, '/bay/mfa?')
    const { text } = await choice.open('/mfa')
    t.match(text, 'm***@b***')
    const challenge = /name="challenge" value="([^"]*)"/.exec(text)?.[1] ?? ''
    t.match(
      (await choice.submit('/mfa', { challenge, code: await choosing.lastCode('marco') })).location,
      /cb\?code=/,
    )
  })
  t.test('P9: values may come as JSON, with quotes', async t => {
    const { open, submit } = visitor(bay)
    const csrf = /name="csrf" value="([^"]*)"/.exec((await open('/login')).text)?.[1] ?? ''
    const form = { csrf: `"${csrf}"`, username: '"marco"', password: JSON.stringify(password) }
    t.match((await submit('/login', form)).location, /cb\?code=/)
    t.match((await submit('/login', { csrf, username: '"marco"', password })).location, /cb\?code=/)
  })
  t.test('P36: a language is chosen, and remembered', async t => {
    const japanese = visitor(bay, { lang: 'ja' })
    t.match((await japanese.open('/login')).text, 'パスワードをお忘れですか')
    const later = visitor(bay, {}, japanese.browser)
    t.match((await later.open('/login')).text, '<html lang="ja"')
    t.match((await visitor(bay, { lang: 'tlh' }).open('/login')).text, '<html lang="en"')
    t.match((await visitor(bay, { ui_locales: 'ja' }).open('/login')).text, '<html lang="en"')
    const german = await fetch(visitor(bay).address('/login'), {
      headers: { 'accept-language': 'de-AT,en;q=.5' },
    })
    t.match(await german.text(), '<html lang="de"')
  })
  t.test('what is refused, and the error page, are in the language and the look of the page', async t => {
    const french = visitor(bay, { lang: 'fr' })
    await french.open('/login')
    const wrong = await french.submit('/login', { username: 'marco', password: 'wrong' })
    t.match(wrong.text, 'Nom d’utilisateur ou mot de passe incorrect.')
    t.match((await french.signUp('marco')).text, 'Cet utilisateur existe déjà.')
    t.match(
      (await french.signUp('mia', { password: 'x' })).text,
      'Le mot de passe ne respecte pas les règles.',
    )
    const error = await french.open('/error')
    t.equal(error.status, 400)
    t.match(error.text, '<html lang="fr"')
    t.match(error.text, wordsIn('fr').error.title)
    t.match(error.text, 'theme.css')
    const bare = await visitor(bay, { lang: 'fr', client_id: 'otherclient1' }).open('/login')
    t.match(bare.text, wordsIn('fr').error.unavailable)
    const english = visitor(bay)
    await english.open('/login')
    const own = await english.submit('/login', { username: 'marco', password: 'wrong' })
    t.match(own.text, 'Incorrect username or password.')
  })
  t.test('P38: login_hint is filled in', async t => {
    t.match((await visitor(bay, { login_hint: 'a@b.c' }).open('/login')).text, 'value="a@b.c"')
  })
  t.test('P39: prompt=login shows the form in spite of a session', async t => {
    const { browser, open, signIn } = visitor(bay)
    await signIn('marco')
    t.match((await open('/login')).location, /cb\?code=/)
    t.match((await visitor(bay, { prompt: 'login' }, browser).open('/login')).text, 'name="password"')
  })
  t.test('P40, P41: terms are named where both documents are there, in the language of the page', async t => {
    const terms = (TermsName: string, Links: Record<string, string>) =>
      bay.sdk.send(
        new cognito.CreateTermsCommand({
          UserPoolId: bay.UserPoolId,
          ClientId: 'webclient1',
          TermsName,
          TermsSource: 'LINK',
          Enforcement: 'NONE',
          Links,
        }),
      )
    const page = async (more = {}) => (await visitor(bay, more).open('/signup')).text
    await terms('terms-of-use', {
      'cognito:default': 'https://x.example/t',
      'cognito:french': 'https://x.example/fr',
    })
    t.notMatch(await page(), 'By signing up')
    await terms('privacy-policy', { 'cognito:default': 'https://x.example/p' })
    const text = await page()
    t.match(text, 'By signing up, you agree to our <a href="https://x.example/t">Terms of use</a>')
    t.match(text, '<a href="https://x.example/p">Privacy policy</a>')
    t.match(await page({ lang: 'fr' }), 'href="https://x.example/fr"')
    t.match(await page({ lang: 'de' }), 'href="https://x.example/t"')
  })
  t.test('N1: a provider that is not there leads to a page that works', async t => {
    const { browser, open } = visitor(bay, { identity_provider: 'Nobody' })
    const { location } = await open('/oauth2/authorize')
    t.match(
      location,
      /\/bay\/login\?.*errorMessage=Login\+option\+is\+not\+available\.\+Please\+try\+another\+one/,
    )
    const text = await (await browser.get(location)).text()
    t.match(text, 'Login option is not available. Please try another one')
    t.match(text, 'name="password"')
    const forged = location.replace(/errorMessage=[^&]*/, 'errorMessage=Call+555')
    t.notMatch(await (await browser.get(forged)).text(), 'Call 555', 'only the words of Cognito are shown')
  })
  t.test('P62: switched to 1, the domain has classic pages, and keeps its styles', async t => {
    const { open, signIn } = visitor(bay)
    await signIn('marco')
    t.match((await open('/oauth2/authorize')).location, /cb\?code=/)
    await bay.useVersion(2)
    t.match((await open('/oauth2/authorize')).location, /cb\?code=/, 'the same version again changes nothing')
    await bay.useVersion(1)
    t.match((await open('/oauth2/authorize')).location, '/bay/login?', 'the session is gone')
    t.match((await open('/login')).text, 'submitButton-customizable')
    t.match((await signIn('marco')).location, /cb\?code=/)
    t.match((await open('/oauth2/authorize')).location, /cb\?code=/)
    await bay.useVersion(2)
    t.match((await open('/oauth2/authorize')).location, '/bay/login?')
    t.match((await open('/login')).text, 'theme.css')
  })
})

t.test('each domain of a pool has pages of its own version', async t => {
  const bay = await aBay(t, { version: 2 })
  const { UserPoolId, sdk } = bay
  const custom = 'login.bay.example'
  const CustomDomainConfig = { CertificateArn: `arn:aws:acm:us-east-1:${'1'.repeat(12)}:certificate/c` }
  await sdk.send(new cognito.CreateUserPoolDomainCommand({ UserPoolId, Domain: custom, CustomDomainConfig }))
  const page = async (domain: string) =>
    (await fetch(`${bay.rockpool.baseUrl}/${domain}/login?${bay.query()}`)).text()
  const told = async (Domain: string) =>
    (await sdk.send(new cognito.DescribeUserPoolDomainCommand({ Domain }))).DomainDescription
      ?.ManagedLoginVersion
  t.match(await page('bay'), 'theme.css')
  t.match(await page(custom), 'submitButton-customizable', 'the classic pages, without being told')
  t.match(await page(custom), 'classic pages by default', 'which the page says')
  t.same([await told('bay'), await told(custom)], [2, 1])
  const useVersion = (ManagedLoginVersion: number) =>
    sdk.send(new cognito.UpdateUserPoolDomainCommand({ UserPoolId, Domain: custom, ManagedLoginVersion }))
  await useVersion(1)
  t.notMatch(await page(custom), 'classic pages by default')
  await useVersion(2)
  await bay.useVersion(1)
  t.match(await page(custom), 'theme.css')
  t.match(await page('bay'), 'submitButton-customizable')
  t.same([await told('bay'), await told(custom)], [1, 2])
  await sdk.send(new cognito.DeleteUserPoolDomainCommand({ UserPoolId, Domain: 'bay' }))
  t.match(await page(custom), 'theme.css', 'what is left has its version')
})

t.test('the look of a style', async t => {
  const bay = await aBay(t, { version: 2 })
  const themeOf = async () => {
    const { text } = await visitor(bay, { client_id: 'otherclient1' }).open('/login')
    const href = /href="([^"]*theme\.css)"/.exec(text)?.[1] ?? ''
    return { text, css: await (await fetch(`${bay.rockpool.baseUrl}${href}`)).text() }
  }
  const button = (backgroundColor: string) => ({
    components: { primaryButton: { lightMode: { defaults: { backgroundColor } } } },
  })
  const created = await bay.style('otherclient1', { Settings: button('1c1f23ff') })
  const update = (more: object) =>
    bay.sdk.send(
      new cognito.UpdateManagedLoginBrandingCommand({
        UserPoolId: bay.UserPoolId,
        ManagedLoginBrandingId: created?.ManagedLoginBrandingId,
        ...more,
      }),
    )
  t.test('P54: what is set is rendered, and the rest by default', async t => {
    const { css } = await themeOf()
    t.match(css, '--primary-button-defaults-background-color: #1c1f23ff;')
    t.match(css, '--primary-button-defaults-text-color: #ffffffff;')
    t.match(css, '--form-border-radius: 8px;')
  })
  t.test('P55: a colour of six digits is taken, and not followed', async t => {
    await update({ Settings: button('aa0000') })
    t.match((await themeOf()).css, '--primary-button-defaults-background-color: #0972d3ff;')
  })
  t.test('P57: DARK shows the dark palette, DYNAMIC both', async t => {
    await update({ Settings: { categories: { global: { colorSchemeMode: 'DARK' } } } })
    t.match((await themeOf()).css, '--page-background-color: #0f1b2aff;')
    await update({ Settings: { categories: { global: { colorSchemeMode: 'DYNAMIC' } } } })
    const { css } = await themeOf()
    t.match(css, '--page-background-color: #ffffffff;')
    t.match(css, /prefers-color-scheme: dark[\s\S]*--page-background-color: #0f1b2aff;/)
  })
  t.test('P58: a logo is drawn only where it is enabled', async t => {
    const logo = { Category: 'FORM_LOGO', ColorMode: 'DYNAMIC', Extension: 'PNG', Bytes: pngOf(200, 100) }
    await update({ Assets: [logo] })
    t.notMatch((await themeOf()).text, 'form_logo')
    await update({ Settings: { components: { form: { logo: { enabled: true } } } } })
    const { text } = await themeOf()
    const src = /src="([^"]*form_logo[^"]*)"/.exec(text)?.[1] ?? ''
    const picture = await fetch(`${bay.rockpool.baseUrl}${src}`)
    t.equal(picture.headers.get('content-type'), 'image/png')
    t.match(picture.headers.get('content-security-policy'), 'sandbox')
  })
  t.test('P61: the text of an error and its box have colours of their own', async t => {
    const error = { lightMode: { error: { indicatorColor: '112233ff' } } }
    await update({ Settings: { componentClasses: { statusIndicator: error } } })
    const { css } = await themeOf()
    t.match(css, '--status-indicator-error-indicator-color: #112233ff;')
    t.match(css, '--color-text-status-error: var(--status-indicator-error-indicator-color);')
    t.match(css, '--alert-error-border-color: #d91515ff;')
  })
})

t.test('every language says every sentence with its parameters', async t => {
  const english = wordsIn('en')
  for (const language of ['de', 'es', 'fr', 'id', 'it', 'ja', 'ko', 'pt-BR', 'zh-CN', 'zh-TW'] as const) {
    const words = wordsIn(language)
    t.equal(words.language, language)
    t.match(words.signIn.title('APP'), 'APP')
    t.match(words.confirm.sentByMail('TO'), 'TO')
    t.match(words.code.fromAppOn('DEVICE', 'APP'), /DEVICE/)
    t.match(words.signUp.terms('ONE', 'TWO'), /ONE.*TWO/)
    t.match(words.passwordRules.length(12), '12')
    t.not(words.signUp.title, english.signUp.title)
    for (const [name, text] of Object.entries(words.refusals))
      t.not(
        text,
        english.refusals[name as keyof typeof english.refusals],
        `${language} has words for ${name}`,
      )
  }
})
