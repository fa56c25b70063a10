import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import type { Page } from 'playwright-core'
import t from 'tap'
import { barriers } from './support/barriers.js'
import { launchChromium } from './support/chromium.js'
import { aBay, type Bay, callback, password } from './support/hosted.js'

const chromium = await launchChromium()
t.teardown(() => chromium.close())

/** Signs a user up, from the sign-in page to the app. */
async function signUp(page: Page, bay: Bay, username: string): Promise<void> {
  await page.goto(`${bay.domain}/login?${bay.query()}`)
  await page.getByRole('link', { name: 'Sign up' }).click()
  await page.locator('[name=username]').fill(username)
  await page.locator('[name="requiredAttributes[email]"]').fill(`${username}@bay.example`)
  await page.locator('[name=password]').fill(password)
  await page.getByRole('button', { name: 'Sign up' }).click()
  await page.waitForURL(/confirm/)
  await page.locator('[name=code]').fill(await bay.lastCode(username))
  // The app is nowhere: what counts is that the browser asks for it.
  const called = page.waitForRequest(request => request.url().startsWith(`${callback}?code=`))
  await page.getByRole('button', { name: 'Confirm account' }).click()
  await called
}

for (const version of [1, 2])
  for (const javaScriptEnabled of [true, false])
    t.test(
      `sign-up to the callback: version ${version}, scripts ${javaScriptEnabled ? 'on' : 'off'}`,
      async t => {
        const bay = await aBay(t, { version })
        const context = await chromium.newContext({ javaScriptEnabled })
        t.teardown(() => context.close())
        const page = await context.newPage()
        await signUp(page, bay, 'lee')
        t.equal((await bay.user('lee')).UserStatus, 'CONFIRMED')
      },
    )

t.test('P21: the rules tick while the user types, and the button waits for them', async t => {
  const bay = await aBay(t, {
    pool: {
      Policies: {
        PasswordPolicy: {
          MinimumLength: 10,
          RequireUppercase: true,
          RequireLowercase: true,
          RequireNumbers: true,
        },
      },
    },
  })
  const page = await chromium.newPage()
  t.teardown(() => page.close())
  const violations: string[] = []
  page.on('console', message => message.type() === 'error' && violations.push(message.text()))
  await page.goto(`${bay.domain}/signup?${bay.query()}`)
  t.equal(await page.locator('.checkPassword-symbols').count(), 0, 'only the rules of the policy')
  const button = page.getByRole('button', { name: 'Sign up' })
  t.equal(await button.isDisabled(), true)
  await page.locator('[name=username]').fill('lee')
  await page.locator('[name="requiredAttributes[email]"]').fill('lee@bay.example')
  await page.locator('[name=password]').fill('barnacle')
  t.match(
    await page.locator('.checkPassword-lowerletter').getAttribute('class'),
    'passwordCheck-valid-customizable',
  )
  t.match(
    await page.locator('.checkPassword-length').getAttribute('class'),
    'passwordCheck-notValid-customizable',
  )
  t.equal(await button.isDisabled(), true)
  await page.locator('[name=password]').fill('Barnacle-77')
  t.equal(await button.isDisabled(), false)
  await page.getByRole('button', { name: 'Show password' }).click()
  t.equal(await page.locator('[name=password]').getAttribute('type'), 'text')
  t.strictSame(violations, [], 'the policy of the page lets no more in than its own script')
})

t.test('P48, P54: what the owner has set is what a browser shows', async t => {
  const bay = await aBay(t)
  const page = await chromium.newPage({ bypassCSP: true })
  t.teardown(() => page.close())
  const colourOf = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate(element => getComputedStyle(element).backgroundColor)
  await bay.sdk.send(
    new cognito.SetUICustomizationCommand({
      UserPoolId: bay.UserPoolId,
      CSS: '.submitButton-customizable { background-color: #b44d12; } .inputField-customizable { background-color: #fff8e1; }',
    }),
  )
  await page.goto(`${bay.domain}/login?${bay.query()}`)
  t.equal(await colourOf('[name=signInSubmitButton]'), 'rgb(180, 77, 18)')
  t.equal(await colourOf('#signInFormUsername'), 'rgb(255, 248, 225)')
  t.strictSame(await barriers(page), [])
  await bay.useVersion(2)
  await bay.style('webclient1', {
    Settings: { components: { primaryButton: { lightMode: { defaults: { backgroundColor: '1c1f23ff' } } } } },
  })
  await page.goto(`${bay.domain}/login?${bay.query()}`)
  t.equal(await colourOf('[name=signInSubmitButton]'), 'rgb(28, 31, 35)')
  t.strictSame(await barriers(page), [])
})
