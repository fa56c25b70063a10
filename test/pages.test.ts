import t from 'tap'
import { consoleColours } from '../src/console/frame/stylesheet.js'
import { type PasswordPolicy, passwordPolicyOf } from '../src/core/password.js'
import type { UserPool } from '../src/core/user-pool.js'
import { type Colours, colours } from '../src/http/look.js'
import { hostedPostPage } from '../src/pages/hosted-views.js'
import type { ClassicLook } from '../src/pages/look/look.js'
import { stylesheet, stylesheetHash, stylesheetUrl, waterColours } from '../src/pages/look/stylesheet.js'
import * as errorView from '../src/pages/views/error-page.js'
import { waterOf, waters } from '../src/pages/views/layout.js'
import { type MfaView, mfaPage } from '../src/pages/views/mfa-page.js'
import * as newPasswordView from '../src/pages/views/new-password-page.js'
import * as passkeyView from '../src/pages/views/passkey-page.js'
import * as passwordFields from '../src/pages/views/password-fields.js'
import { postScriptUrl } from '../src/pages/views/post-script.js'
import * as signInView from '../src/pages/views/sign-in-page.js'
import { english } from '../src/pages/words/english.js'

type SignInView = signInView.SignInView
type NewPasswordView = newPasswordView.NewPasswordView
const signInPage = (view: SignInView) => signInView.signInPage(view, english)
const newPasswordPage = (view: NewPasswordView) => newPasswordView.newPasswordPage(view, english)
const passwordRules = (policy: PasswordPolicy, tried?: string) =>
  passwordFields.passwordRules(policy, english, tried)
const passkeyPage = (view: passkeyView.PasskeyView) => passkeyView.passkeyPage(view, english)
const errorPage = (view: errorView.ErrorView) => errorView.errorPage(view, english)

/** The classic look, with a sheet that is easily told. */
const look: ClassicLook = { face: 'classic', sheets: ['/pages.css'], isCustom: false }

const signIn: SignInView = {
  poolName: 'oidc-pool-1',
  clientName: 'web-app',
  look,
  action: '/pool-1/login?client_id=web&state=1',
  csrf: 'c5rf',
  local: true,
  providers: [],
  identifierForm: false,
}
const corporate = { name: 'CorporatePool2', label: 'CorporatePool2', href: '/authorize?identity_provider=2' }
const google = { name: 'Google', label: 'Google', href: '/authorize?identity_provider=Google' }

const policy = passwordPolicyOf({ settings: {} } as UserPool)
const newPassword: NewPasswordView = {
  poolName: 'oidc-pool-2',
  clientName: 'pool-1',
  look,
  action: '/pool-2/login',
  csrf: 'c5rf',
  challenge: 'sealed',
  username: 'ada@example.com',
  rules: passwordRules(policy),
  missingAttributes: [],
  mistakes: [],
}
const passkey: passkeyView.PasskeyView = {
  poolName: 'oidc-pool-1',
  clientName: 'web-app',
  look,
  script: '/passkey.js',
  action: '/pool-1/passkeys/use',
  csrf: 'c5rf',
  kind: 'get',
  options: { challenge: 'Y2hhbGxlbmdl', rpId: 'localhost' },
  username: 'ada@example.com',
  otherwise: '/pool-1/login',
}
const refused: errorView.ErrorView = { message: 'redirect_mismatch', look }

const mfa = (asks: MfaView['asks'], error?: string) =>
  mfaPage(
    {
      poolName: 'oidc-pool-1',
      clientName: 'web-app',
      look,
      action: '/pool-1/mfa',
      csrf: 'c5rf',
      challenge: 'sealed',
      signIn: '/pool-1/login',
      error,
      asks,
    },
    english,
  )
const setUp = {
  kind: 'set-up',
  email: true,
  app: { picture: 'data:image/svg+xml,', secret: 'ABCDEFGH' },
} as const

const everyPage: Record<string, string> = {
  'second factor, code': mfa({ kind: 'code', medium: 'SMS', destination: '+*******0100', outbox: '/outbox' }),
  'second factor, app': mfa({ kind: 'app', deviceName: 'Phone' }, 'Code mismatch'),
  'second factor, choice': mfa({ kind: 'choice', factors: ['SMS_MFA', 'SOFTWARE_TOKEN_MFA'] }),
  'second factor, set-up': mfa(setUp),
  'second factor, no set-up': mfa({ kind: 'set-up', email: false }),
  'sign-in, local': signInPage(signIn),
  'sign-in, refused': signInPage({ ...signIn, username: 'ada', error: 'Incorrect username or password.' }),
  'sign-in, one provider': signInPage({ ...signIn, providers: [corporate] }),
  'sign-in, everything': signInPage({ ...signIn, providers: [corporate, google], identifierForm: true }),
  'sign-in, identifier refused': signInPage({
    ...signIn,
    identifierForm: true,
    identifier: 'x.org',
    error: 'No.',
    errorIn: 'identifier',
  }),
  'sign-in, nothing': signInPage({ ...signIn, local: false, error: 'No.' }),
  'sign-in, passkeys': signInPage({ ...signIn, passkeys: true, providers: [corporate] }),
  form: hostedPostPage({
    postTo: 'https://idp.example/sso?a=1&b=2',
    fields: { RelayState: '"><script>' },
    poolName: 'oidc-pool-1',
    providerName: 'Corporate',
  }),
  'passkey, used': passkeyPage(passkey),
  'passkey, refused': passkeyPage({ ...passkey, kind: 'create', error: 'It is not supported.' }),
  'new password': newPasswordPage(newPassword),
  'new password, refused': newPasswordPage({
    ...newPassword,
    rules: passwordRules(policy, 'abc'),
    missingAttributes: [{ name: 'given_name', value: 'Ada' }, { name: 'custom:cost_centre' }],
    mistakes: [
      { text: 'Too short.', field: 'new_password' },
      { text: 'Enter your cost centre.', field: 'requiredAttributes[custom:cost_centre]' },
    ],
  }),
  'new password, refused as a whole': newPasswordPage({ ...newPassword, mistakes: [{ text: 'Too late.' }] }),
  error: errorPage(refused),
  'error, explained': errorPage({
    ...refused,
    poolName: 'oidc-pool-1',
    flightUrl: '/_rockpool/flights/1',
    detail: { because: 'Not registered.', remedy: 'Register it.' },
  }),
}

t.test('every page works under a strict policy, by keyboard and by screen reader', async t => {
  for (const [name, markup] of Object.entries(everyPage))
    await t.test(name, async t => {
      const tags = tagsOf(markup)
      const ids = tags.flatMap(({ attributes }) => attributes.id ?? [])
      t.ok(markup.startsWith('<!doctype html>\n<html lang="en">'))
      t.strictSame(duplicates(ids), [], 'ids are unique')

      t.notOk(
        tags.some(
          ({ tag, attributes }) =>
            /^(style|iframe|base)$/.test(tag) ||
            'style' in attributes ||
            (tag === 'script' && attributes.src === undefined),
        ),
        'nothing inline',
      )
      t.notOk(
        tags.some(({ attributes }) => Object.keys(attributes).some(attribute => attribute.startsWith('on'))),
        'no event handlers',
      )
      const loaded = tags
        .filter(({ tag }) => /^(link|img|script|source)$/.test(tag))
        .map(({ attributes }) => attributes.href ?? attributes.src ?? '')
      t.strictSame(
        loaded.filter(url => !url.startsWith('data:')),
        name === 'form'
          ? [stylesheetUrl, postScriptUrl]
          : ['/pages.css', ...(name.startsWith('passkey') ? ['/passkey.js'] : [])],
        'loads the style sheet only, and the script of a page that needs one',
      )

      for (const tag of ['h1', 'title', 'main', 'header', 'footer'])
        t.equal(tags.filter(each => each.tag === tag).length, 1, `one ${tag}`)
      t.ok(
        tags.some(({ attributes }) => attributes.name === 'viewport'),
        'fits narrow windows',
      )
      const inputs = tags.filter(({ tag, attributes }) => tag === 'input' && attributes.type !== 'hidden')
      for (const { attributes } of inputs) {
        t.ok(
          tags.some(({ tag, attributes: { for: of } }) => tag === 'label' && of === attributes.id),
          `${attributes.name} is labelled`,
        )
        t.ok(attributes.autocomplete, `${attributes.name} tells password managers what it is`)
      }
      const referred = tags
        .flatMap(({ attributes }) => [attributes['aria-describedby'], attributes['aria-labelledby']])
        .flatMap(reference => reference?.split(' ') ?? [])
      t.strictSame(
        referred.filter(id => !ids.includes(id)),
        [],
        'what describes an element exists',
      )
      for (const { tag, attributes } of tags)
        if (tag === 'form') t.equal(attributes.method, 'post', 'forms post')

      const alerts = tags.filter(
        ({ attributes }) => attributes.role === 'alert' && !('hidden' in attributes),
      ).length
      t.equal(alerts, markup.includes('<title>Error: ') ? 1 : 0, 'refused: said in the title and as an alert')
      t.ok(tags.filter(({ attributes }) => 'autofocus' in attributes).length <= 1, 'one focus')
    })
})

t.test('what others write is text, wherever it stands', async t => {
  const hostile = `"><script>alert('x')</script><a b='&`
  const choice = { name: hostile, label: hostile, href: hostile }
  const pages = [
    signInPage({
      ...allOf(signIn, hostile),
      username: hostile,
      error: hostile,
      providers: [choice],
      identifierForm: false,
    }),
    signInPage({
      ...allOf(signIn, hostile),
      identifier: hostile,
      providers: [choice, choice],
      identifierForm: true,
    }),
    newPasswordPage({
      ...allOf(newPassword, hostile),
      rules: [
        { text: hostile, name: 'length', pattern: hostile },
        { text: hostile, name: 'length', pattern: hostile, met: true },
      ],
      missingAttributes: [{ name: hostile, value: hostile }],
      mistakes: [{ text: hostile, field: `requiredAttributes[${hostile}]` }, { text: hostile }],
    }),
    errorPage({
      ...allOf(refused, hostile),
      title: hostile,
      poolName: hostile,
      flightUrl: hostile,
      detail: { because: hostile, remedy: hostile },
    }),
  ]
  for (const markup of pages) {
    t.notOk(markup.includes('<script'), 'no element')
    t.notOk(markup.includes(`b='`), 'no attribute')
    t.ok(markup.includes('&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;'), 'but text')
  }
})

t.test('the sign-in page has the names of the classic hosted pages', async t => {
  const tags = tagsOf(signInPage(signIn))
  t.match(named(tags, 'cognitoSignInForm'), { tag: 'form', attributes: { action: signIn.action } })
  t.match(named(tags, '_csrf'), { attributes: { type: 'hidden', value: 'c5rf' } })
  t.match(named(tags, 'cognitoAsfData'), { attributes: { type: 'hidden', value: '' } })
  t.match(named(tags, 'username'), {
    attributes: { id: 'signInFormUsername', autocomplete: 'username', autofocus: '' },
  })
  t.match(named(tags, 'password'), {
    attributes: { id: 'signInFormPassword', type: 'password', autocomplete: 'current-password' },
  })
  t.match(named(tags, 'signInSubmitButton'), { tag: 'button', attributes: { type: 'submit' } })
  t.match(signInPage(signIn), /<title>Sign in to web-app · oidc-pool-1</)
  t.strictSame(textOf(signInPage(signIn), 'h1'), ['Sign in to web-app'])
  t.match(signInPage(signIn), /emulated user pool oidc-pool-1 · not for production/)
  t.notMatch(signInPage(signIn), /corporate/, 'no way in that there is not')
})

t.test('after a mistake the password is asked again, and the user name is not lost', async t => {
  const markup = signInPage({ ...signIn, username: 'ada', error: 'Incorrect username or password.' })
  const tags = tagsOf(markup)
  t.match(markup, /<title>Error: Sign in to web-app/)
  t.match(markup, /role="alert"[^>]*>Incorrect username or password\.</)
  t.match(named(tags, 'username'), { attributes: { value: 'ada', 'aria-invalid': 'true' } })
  t.match(named(tags, 'password'), {
    attributes: { autofocus: '', 'aria-invalid': 'true', 'aria-describedby': 'loginErrorMessage' },
  })
  t.notOk('value' in named(tags, 'password').attributes)
})

t.test('other ways in', async t => {
  const one = signInPage({ ...signIn, providers: [corporate] })
  t.match(textOf(one, 'a'), ['Sign in with your corporate ID'])
  t.match(textOf(one, 'h2'), ['Sign in with your corporate ID'])
  t.match(one, /id="corporateProvider">[^/]*CorporatePool2/, 'the name of the provider stands beside it')
  t.equal(tagsOf(one).find(({ tag }) => tag === 'a')?.attributes.href, corporate.href)

  const two = signInPage({ ...signIn, providers: [corporate, google] })
  t.strictSame(textOf(two, 'h2'), ['Sign in with your corporate ID'])
  t.strictSame(textOf(two, 'a'), ['Continue with CorporatePool2', 'Continue with Google'])

  const identifier = tagsOf(
    signInPage({ ...signIn, identifierForm: true, errorIn: 'identifier', identifier: 'x.org', error: 'No.' }),
  )
  t.match(named(identifier, 'idp_identifier'), {
    attributes: { value: 'x.org', 'aria-invalid': 'true', autofocus: '' },
  })
  t.notOk('aria-invalid' in named(identifier, 'username').attributes, 'the other form is not to blame')

  const external = signInPage({ ...signIn, local: false, providers: [corporate] })
  t.notOk(external.includes('cognitoSignInForm'))
  t.notOk(external.includes('class="or"'), 'nothing to choose between')
})

t.test('the page that posts itself carries its fields as they are', async t => {
  const tags = tagsOf(everyPage.form ?? '')
  t.match(named(tags, 'postForm').attributes, { action: 'https://idp.example/sso?a=1&b=2', method: 'post' })
  t.match(named(tags, 'RelayState').attributes, { type: 'hidden', value: '&quot;&gt;&lt;script&gt;' })
})

t.test('the pages of a second factor say where the code is, and who can help', async t => {
  t.match(textOf(everyPage['second factor, code'] ?? '', 'p').slice(-4), [
    'We sent it by text message to +*******0100. Enter it to go on to web-app.',
    'Nothing leaves this machine: read the message',
    'Sign in another way',
  ])
  t.match(everyPage['second factor, app'], /authenticator app on <strong class="app">Phone<\/strong>, and/)
  t.match(
    everyPage['second factor, no set-up'],
    />Ask your administrator to add a phone number to your account\.</,
  )
})

t.test('the new-password page says the rules, then which were broken', async t => {
  const markup = newPasswordPage(newPassword)
  const tags = tagsOf(markup)
  t.match(named(tags, 'challenge'), { attributes: { type: 'hidden', value: 'sealed' } })
  t.match(named(tags, 'username'), { attributes: { value: 'ada@example.com', readonly: '' } })
  for (const name of ['new_password', 'confirm_password'])
    t.match(named(tags, name), { attributes: { id: name, type: 'password', autocomplete: 'new-password' } })
  t.strictSame(textOf(markup, 'li'), [
    'Password must contain at least 8 characters',
    'Password must contain an upper case letter',
    'Password must contain a lower case letter',
    'Password must contain a number',
    'Password must contain a special character or a space',
  ])

  const lax = passwordPolicyOf({
    settings: {
      Policies: {
        PasswordPolicy: {
          MinimumLength: 12,
          RequireUppercase: true,
          RequireLowercase: true,
          RequireNumbers: true,
        },
      },
    },
  } as UserPool)
  t.strictSame(
    passwordRules(lax, 'Abcdefgh').map(({ name, met }) => [name, met]),
    [
      ['length', false],
      ['upperletter', true],
      ['lowerletter', true],
      ['numbers', false],
    ],
  )

  const again = newPasswordPage({
    ...newPassword,
    rules: passwordRules(lax, 'Abcdefgh'),
    missingAttributes: [{ name: 'email', value: 'ada@' }, { name: 'custom:cost_centre' }],
    mistakes: [{ text: 'Password not long enough', field: 'new_password' }],
  })
  const fields = tagsOf(again)
  t.match(again, /<a href="#new_password">Password not long enough<\/a>/)
  t.match(named(fields, 'new_password').attributes, {
    'aria-invalid': 'true',
    'aria-describedby': 'errorSummary passwordRules',
    autofocus: '',
  })
  t.match(textOf(again, 'li').slice(1), [
    '✖Still missing: Password must contain at least 12 characters',
    '✓Met: Password must contain an upper case letter',
    '✓Met: Password must contain a lower case letter',
    '✖Still missing: Password must contain a number',
  ])
  t.match(named(fields, 'requiredAttributes[email]'), {
    attributes: { type: 'email', value: 'ada@', autocomplete: 'email' },
  })
  t.match(named(fields, 'requiredAttributes[custom:cost_centre]'), { attributes: { type: 'text' } })
  t.match(textOf(again, 'label').slice(-2), ['E-mail address', 'Cost centre'])
  t.notOk(again.includes('Abcdefgh'), 'no password comes back')
})

t.test("the error page has Cognito's words, and Rockpool's reasons when there are some", async t => {
  const bare = errorPage(refused)
  t.strictSame(textOf(bare, 'h1'), ['An error was encountered with the requested page.'])
  t.match(bare, />redirect_mismatch</)
  t.notOk(bare.includes('only Rockpool'))

  const explained = everyPage['error, explained'] ?? ''
  t.strictSame(textOf(explained, 'h2'), ['Why (only Rockpool tells you)'])
  t.strictSame(textOf(explained, 'dd'), ['Not registered.', 'Register it.'])
  t.ok(explained.includes('href="/_rockpool/flights/1"'))
  const mended = errorPage({
    ...refused,
    detail: {
      because: 'Not one of https://a.example, https://b.example. They are compared as text.',
      remedy: 'Register it.',
      values: ['https://a.example', 'https://b.example'],
      line: { below: 'CallbackURLs of client app', yaml: '- https://c.example' },
    },
  })
  t.match(
    mended,
    /Not one of <ul class="values"><li><code>https:\/\/a\.example<\/code><\/li>.*<\/ul>They are compared/,
  )
  t.strictSame(textOf(mended, 'pre'), ['- https://c.example'])
  t.match(mended, 'In the seed, below CallbackURLs of client app:')
  t.match(mended, /<button type="button" class="copy" data-copy="- https:\/\/c\.example"[^>]* hidden>/)
  t.match(mended, '<script src="/_rockpool/assets/pages-', 'which the script shows')
  t.strictSame(textOf(errorPage({ ...refused, title: 'Something went wrong' }), 'h1'), [
    'Something went wrong',
  ])
})

t.test('colours can be told apart, light and dark', async t => {
  const text: readonly (keyof Colours)[] = ['text', 'muted', 'accent', 'accentStrong', 'danger', 'good']
  for (const [scheme, colour] of Object.entries(colours)) {
    const atLeast = (ratio: number, front: keyof Colours, back: keyof Colours) =>
      t.ok(contrast(colour[front], colour[back]) >= ratio, `${scheme}: ${front} on ${back}`)
    for (const back of ['ground', 'surface', 'sunken'] as const) {
      for (const front of text) atLeast(4.5, front, back)
      atLeast(3, 'focus', back)
    }
    atLeast(4.5, 'danger', 'dangerGround')
    atLeast(4.5, 'onAccent', 'accent')
    atLeast(4.5, 'onAccent', 'accentStrong')
    for (const back of ['ground', 'surface'] as const) atLeast(3, 'edge', back)
  }
  for (const scheme of ['light', 'dark'] as const) {
    const [of, own] = [colours[scheme], consoleColours[scheme]]
    const pairs = [
      ['waiting', own.wait, own.waitGround],
      ['good', of.good, own.goodGround],
      ['text in a refusal', of.text, of.dangerGround],
      ['the button that deletes', of.surface, of.danger],
    ] as const
    for (const [what, front, back] of pairs)
      t.ok(contrast(front, back) >= 4.5, `the console, ${scheme}: ${what}`)
  }
  for (const water of [...waterColours.light, ...waterColours.dark]) {
    t.ok(contrast('#ffffff', lightened(water, 3)) >= 4.5, `a pool's name on the shallows of ${water}`)
    t.ok(contrast('#ffffff', lightened(water, 7)) >= 3, `large letters on the brightest part of ${water}`)
  }
  t.equal(waterColours.light.length, waters)
  t.equal(waterColours.dark.length, waters)
  t.not(waterOf('oidc-pool-1'), waterOf('oidc-pool-2'), 'neighbours look different')
})

t.test('the style sheet loads nothing and respects what people ask of their browser', async t => {
  t.notMatch(stylesheet, /url\(|@import/)
  for (const wish of [
    'prefers-color-scheme:dark',
    'prefers-reduced-motion',
    'forced-colors',
    ':focus-visible',
  ])
    t.ok(stylesheet.includes(wish), wish)
  t.match(stylesheetHash, /^[0-9a-f]{16}$/)
})

interface Tag {
  readonly tag: string
  readonly attributes: Readonly<Record<string, string>>
}

/** The opening tags of a document, in order; the pages write every attribute in double quotes. */
function tagsOf(markup: string): Tag[] {
  return [...markup.matchAll(/<([a-z][a-z0-9]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>/gi)].map(
    ([, tag = '', attributes = '']) => ({
      tag,
      attributes: Object.fromEntries(
        [...attributes.matchAll(/([^\s=>"]+)(?:="([^"]*)")?/g)].map(([, name = '', value = '']) => [
          name,
          value.replaceAll('&amp;', '&'),
        ]),
      ),
    }),
  )
}

function named(tags: readonly Tag[], name: string): Tag {
  const found = tags.filter(({ attributes }) => attributes.name === name)
  const [only] = found
  if (only === undefined || found.length > 1) throw new Error(`${found.length} elements are named ${name}`)
  return only
}

/** What stands in each element of a name, without the markup within. */
function textOf(markup: string, tag: string): string[] {
  return [...markup.matchAll(new RegExp(`<${tag}(?: [^>]*)?>(.*?)</${tag}>`, 'gs'))].map(([, content = '']) =>
    content.replace(/<[^>]*>/g, '').trim(),
  )
}

function duplicates(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index)
}

/** The same view with other text in every field that holds text. */
const allOf = <T extends object>(view: T, text: string): T =>
  Object.fromEntries(
    Object.entries(view).map(([field, value]) => [field, typeof value === 'string' ? text : value]),
  ) as T

const channels = (colour: string): number[] =>
  [1, 3, 5].map(at => Number.parseInt(colour.slice(at, at + 2), 16))

/** WCAG 2.2: relative luminance. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour)
    .map(channel => channel / 255)
    .map(channel => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** WCAG 2.2: contrast ratio, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b)
  return (light + 0.05) / (dark + 0.05)
}

/** Water under so many layers of the drawing of the pool. */
const lightened = (colour: string, layers: number): string =>
  `#${channels(colour)
    .map(channel => Math.round(255 - (255 - channel) * 0.945 ** layers))
    .map(channel => channel.toString(16).padStart(2, '0'))
    .join('')}`
