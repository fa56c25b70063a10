import { createHash, randomBytes } from 'node:crypto'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Jwks } from 'aws-jwt-verify/jwk'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Rockpool } from '../src/emulator.js'
import { launchChromium } from './support/chromium.js'
import { aRockpool, poolAndClient, postForm } from './support/rockpool.js'

const temporaryPassword = 'Welcome-2-Rockpool!'
const newPassword = 'Kingfisher-7-Jane!'

t.test('the story, on the demo seed', async t => {
  const rockpool = await aRockpool(t)
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  await walkTheStory(t, rockpool, chromium)
})

t.test(
  'the story, where the base URL leads elsewhere than to the listener, as behind a published port',
  async t => {
    const published = 18765
    const rockpool = await aRockpool(t, { baseUrl: `http://localhost:${published}` })
    // The mapping is the browser's alone: the server finds nothing at its own base URL.
    const mapping = `MAP localhost:${published} 127.0.0.1:${rockpool.address.port}`
    const chromium = await launchChromium(`--host-resolver-rules=${mapping}`)
    t.teardown(() => chromium.close())
    await t.rejects(fetch(rockpool.baseUrl))
    await walkTheStory(t, rockpool, chromium)
  },
)

async function walkTheStory(t: Test, rockpool: Rockpool, chromium: Browser) {
  const context = await chromium.newContext()
  t.teardown(() => context.close())
  const page = await context.newPage()
  const app = `${rockpool.baseUrl}/_rockpool/app`
  const callback = `${app}/callback`
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-1', 'web-app')
  const ask = (state: string, { verifier, path }: { verifier: string; path: string }) =>
    `${pool.domainUrl}${path}?${new URLSearchParams({
      client_id: client.id,
      response_type: 'code',
      scope: 'openid email profile',
      redirect_uri: callback,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    })}`
  const inside = (url: string) => url.replace(rockpool.baseUrl, `http://localhost:${rockpool.address.port}`)
  const exchange = async (code: string, verifier: string) => {
    const answer = await postForm(inside(`${pool.domainUrl}/oauth2/token`), {
      grant_type: 'authorization_code',
      client_id: client.id,
      code,
      redirect_uri: callback,
      code_verifier: verifier,
    })
    t.equal(answer.status, 200, 'the code is exchanged')
    return (await answer.json()) as Record<string, string>
  }

  // 3. The sign-in page offers both ways in; the corporate ID leads to the other pool.
  const verifier = randomBytes(32).toString('base64url')
  await page.goto(ask('first visit', { verifier, path: '/login' }))
  t.equal(await page.locator('form[name=cognitoSignInForm] #signInFormUsername').count(), 1)
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  await page.waitForURL(/\/oidc-pool-2\/login/)

  await signIn(page, 'jane', 'wrong')
  t.match(await page.getByRole('alert').textContent(), /Incorrect username or password\./)
  await signIn(page, 'jane', temporaryPassword)

  const send = () => page.evaluate('document.forms.newPasswordForm.submit()')
  await page.locator('[name=new_password]').fill('toosimple')
  await page.locator('[name=confirm_password]').fill('toosimple')
  t.ok(await page.locator('[name=newPasswordSubmitButton]').isDisabled(), 'until the rules are met')
  await send()
  await page.getByRole('alert').waitFor()
  t.match(await page.getByRole('alert').textContent(), /Password does not conform to policy/)
  await page.locator('[name=new_password]').fill(newPassword)
  await page.locator('[name=confirm_password]').fill(`${newPassword}?`)
  await send()
  await page
    .getByText(/do not match/)
    .first()
    .waitFor()
  t.match(await page.getByRole('alert').textContent(), /do not match/)
  await page.locator('[name=new_password]').fill(newPassword)
  await page.locator('[name=confirm_password]').fill(newPassword)
  await page.locator('[name=newPasswordSubmitButton]').click()

  const arrived = await arrival(page)
  t.equal(arrived.get('state'), 'first visit')
  t.match(arrived.get('code'), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/)

  // 4. The tokens say who she is, in Cognito's claims.
  const tokens = await exchange(arrived.get('code') ?? '', verifier)
  t.strictSame(Object.keys(tokens), ['id_token', 'access_token', 'refresh_token', 'expires_in', 'token_type'])
  const jwks = createRemoteJWKSet(new URL(inside(`${rockpool.baseUrl}/${pool.id}/.well-known/jwks.json`)))
  const { payload: id } = await jwtVerify(tokens.id_token ?? '', jwks, {
    issuer: pool.issuer,
    audience: client.id,
  })
  const { payload: access } = await jwtVerify(tokens.access_token ?? '', jwks, { issuer: pool.issuer })
  const upstreamSub = '5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a01'
  t.match(id, {
    'cognito:username': `corporateid_${upstreamSub}`,
    'cognito:groups': [`${pool.id}_CorporateID`],
    identities: [
      {
        userId: upstreamSub,
        providerName: 'CorporateID',
        providerType: 'OIDC',
        issuer: null,
        primary: 'true',
        dateCreated: /^\d{13}$/,
      },
    ],
    token_use: 'id',
    email: 'jane@example.com',
    email_verified: true,
    given_name: 'Jane',
    family_name: 'Rivers',
    'custom:department': 'Tide tables',
    nonce: /^[\w-]{171}$/,
    at_hash: createHash('sha256')
      .update(tokens.access_token ?? '')
      .digest()
      .subarray(0, 16)
      .toString('base64url'),
  })
  t.not(id.sub, upstreamSub, 'the sub is the pool’s own')
  t.match(access, {
    sub: id.sub,
    client_id: client.id,
    token_use: 'access',
    version: 2,
    username: `corporateid_${upstreamSub}`,
    origin_jti: id.origin_jti,
  })
  t.equal(access.aud, undefined)
  const keys = (await (
    await fetch(inside(`${rockpool.baseUrl}/${pool.id}/.well-known/jwks.json`))
  ).json()) as Jwks
  const awsVerifier = JwtVerifier.create({
    issuer: pool.issuer,
    audience: client.id,
    jwksUri: 'https://not-asked.invalid/jwks.json',
  })
  awsVerifier.cacheJwks(keys)
  t.equal((await awsVerifier.verify(tokens.id_token ?? '')).sub, id.sub, 'aws-jwt-verify agrees')

  // Signing in again: the session answers at once.
  const again = randomBytes(32).toString('base64url')
  await page.goto(ask('second visit', { verifier: again, path: '/oauth2/authorize' }))
  const resumed = await arrival(page)
  const secondId = decoded((await exchange(resumed.get('code') ?? '', again)).id_token)
  t.equal(secondId.sub, id.sub, 'no second user')
  t.equal(secondId.nonce, undefined, 'O21 a session that is used again brings no nonce')
  t.equal(secondId.auth_time, id.auth_time)

  // Logging out of pool 1 leaves pool 2's session: choosing the corporate ID again asks for no password.
  const signedOut = `${pool.domainUrl}/logout?${new URLSearchParams({ client_id: client.id, logout_uri: app })}`
  await page.goto(signedOut)
  t.equal(page.url(), app)
  const third = randomBytes(32).toString('base64url')
  await page.goto(ask('third visit', { verifier: third, path: '/oauth2/authorize' }))
  await page.waitForURL(/\/oidc-pool-1\/login/)
  await page.getByRole('link', { name: 'Sign in with your corporate ID' }).click()
  const back = await arrival(page)
  t.equal(back.get('state'), 'third visit')
  t.equal(decoded((await exchange(back.get('code') ?? '', third)).id_token).sub, id.sub)
}

async function signIn(page: Page, username: string, password: string): Promise<void> {
  await page.locator('#signInFormUsername').fill(username)
  await page.locator('#signInFormPassword').fill(password)
  await page.locator('[name=signInSubmitButton]').click()
}

/** What the app receives at its callback. */
async function arrival(page: Page): Promise<URLSearchParams> {
  await page.waitForURL(/^http:\/\/localhost:\d+\/_rockpool\/app\/callback\?/)
  return new URL(page.url()).searchParams
}

const decoded = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>
