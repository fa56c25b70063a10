import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import { barriers } from './support/barriers.js'
import { launchChromium } from './support/chromium.js'
import { aBay } from './support/hosted.js'

const chromium = await launchChromium()
t.teardown(() => chromium.close())

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
  const page = await chromium.newPage()
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
