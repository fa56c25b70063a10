import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { judgeSheet } from '../src/core/branding/classic-sheet.js'
import { effectiveSettings, settingsFindings } from '../src/core/branding/settings.js'
import { settingsDefaults } from '../src/core/branding/settings-defaults.js'
import { svgFinding } from '../src/core/branding/svg.js'
import { anSdk, refusal } from './support/api.js'
import { pngOf } from './support/pictures.js'
import { aRockpool } from './support/rockpool.js'

const IPE = 'InvalidParameterException'
const RNF = 'ResourceNotFoundException'

/** A pool with a domain and a client, and the commands of the looks. */
async function aPool(t: Test) {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'shop',
          Id: 'us-east-1_Shop00001',
          Domain: 'shop',
          Clients: [
            { ClientName: 'web', ClientId: 'webclient1' },
            { ClientName: 'other', ClientId: 'otherclient1' },
          ],
        },
        { PoolName: 'bare', Id: 'us-east-1_Bare00001' },
      ],
    },
  })
  const sdk = anSdk(t, rockpool)
  const UserPoolId = 'us-east-1_Shop00001'
  const create = (style: object, ClientId = 'webclient1') =>
    sdk.send(new cognito.CreateManagedLoginBrandingCommand({ UserPoolId, ClientId, ...style }))
  const update = (id: string | undefined, style: object) =>
    sdk.send(
      new cognito.UpdateManagedLoginBrandingCommand({ UserPoolId, ManagedLoginBrandingId: id, ...style }),
    )
  const describe = async (id: string | undefined, ReturnMergedResources = false) =>
    (
      await sdk.send(
        new cognito.DescribeManagedLoginBrandingCommand({
          UserPoolId,
          ManagedLoginBrandingId: id,
          ReturnMergedResources,
        }),
      )
    ).ManagedLoginBranding
  const customize = (more: object) => sdk.send(new cognito.SetUICustomizationCommand({ UserPoolId, ...more }))
  return { rockpool, sdk, UserPoolId, create, update, describe, customize }
}

/** An operation as it is, without the SDK's help. */
async function raw(baseUrl: string, operation: string, body: string) {
  const answer = await fetch(`${baseUrl}/`, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      authorization:
        'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
    },
  })
  return { status: answer.status, ...((await answer.json()) as { __type?: string; message?: string }) }
}

const leaf = { components: { primaryButton: { lightMode: { defaults: { backgroundColor: '1c1f23ff' } } } } }

t.test('P52: the operations of a style answer in Cognito’s words', async t => {
  const { rockpool, sdk, UserPoolId, create, update, describe } = await aPool(t)
  const both = 'useCognitoProvidedValues or settings should be specified (but not both)'
  t.same(await refusal(create({})), [IPE, both])
  t.same(await refusal(create({ UseCognitoProvidedValues: true, Settings: {} })), [IPE, both])
  const { ManagedLoginBranding: style } = await create({ UseCognitoProvidedValues: true })
  t.match(style, { UserPoolId, UseCognitoProvidedValues: true, Assets: [] })
  t.notOk(style && 'Settings' in style && style.Settings, 'no member Settings')
  t.same(await refusal(create({ UseCognitoProvidedValues: true })), [
    'ManagedLoginBrandingExistsException',
    'A ManagedLoginBranding already exists for client webclient1',
  ])
  t.match(await refusal(create({ UseCognitoProvidedValues: true }, 'nobody1')), [RNF])
  const byClient = new cognito.DescribeManagedLoginBrandingByClientCommand({
    UserPoolId,
    ClientId: 'otherclient1',
  })
  t.same(await refusal(sdk.send(byClient)), [
    RNF,
    'ManagedLoginBranding for client otherclient1 does not exist.',
  ])
  const unknown = '8a1f4b6e-9f3a-4c3e-9b1a-0d5a1c2b3d4e'
  const id = { UserPoolId, ManagedLoginBrandingId: unknown }
  t.same(await refusal(describe(unknown)), [RNF, 'ManagedLoginBranding does not exist.'])
  t.same(await refusal(update(unknown, { Settings: {} })), [RNF, 'ManagedLoginBranding does not exist.'])
  t.same(await refusal(sdk.send(new cognito.DeleteManagedLoginBrandingCommand(id))), [
    RNF,
    'ManagedLoginBranding does not exist.',
  ])
  t.match(await refusal(describe('8a1f4b6e-9f3a-1c3e-9b1a-0d5a1c2b3d4e')), [IPE], 'no version 4')

  const other = { UserPoolId, ClientId: 'otherclient1' }
  const of = (more: object) =>
    raw(rockpool.baseUrl, 'CreateManagedLoginBranding', JSON.stringify({ ...other, ...more }))
  t.match(await of({ Settings: {}, Assets: 'x' }), { __type: /SerializationException/ })
  t.match(await of({ Settings: {}, Assets: [1, 2] }), { __type: /SerializationException/ })
  t.match(await of({ Settings: {}, Assets: [null] }), {
    __type: /InvalidParameterException/,
    message:
      "1 validation error detected: Value '[null]' at 'assets' failed to satisfy constraint: Member must satisfy constraint: [Member must not be null]",
  })
  t.match(await of({ UseCognitoProvidedValues: 'yes' }), { status: 200 }, '"yes" is true')
})

t.test('P53: ReturnMergedResources answers the whole tree of defaults', async t => {
  const { create, describe } = await aPool(t)
  const { ManagedLoginBranding: style } = await create({ UseCognitoProvidedValues: true })
  const merged = await describe(style?.ManagedLoginBrandingId, true)
  t.same(merged?.Settings, settingsDefaults)
  t.match(merged?.Settings, {
    componentClasses: { link: { lightMode: { hover: { textColor: '033160ff' } } } },
  })
})

t.test('P54: a style is told as it was set, and merged when asked for', async t => {
  const { create, describe } = await aPool(t)
  const { ManagedLoginBranding: style } = await create({ Settings: leaf })
  t.same((await describe(style?.ManagedLoginBrandingId))?.Settings, leaf)
  t.match((await describe(style?.ManagedLoginBrandingId, true))?.Settings, {
    components: {
      primaryButton: { lightMode: { defaults: { backgroundColor: '1c1f23ff', textColor: 'ffffffff' } } },
    },
    categories: { form: { displayGraphics: true } },
  })
})

t.test('P56: an update of the assets keeps the settings, and the reverse', async t => {
  const { create, update, describe } = await aPool(t)
  const { ManagedLoginBranding: style } = await create({ Settings: leaf })
  const id = style?.ManagedLoginBrandingId
  const asset = (ColorMode: string, width: number) => ({
    Category: 'FORM_LOGO',
    ColorMode,
    Extension: 'PNG',
    Bytes: pngOf(width, 96),
  })
  await update(id, { Assets: [asset('LIGHT', 300)] })
  t.match(await describe(id), { Settings: leaf, Assets: { length: 1 } })
  const radius = { components: { form: { borderRadius: 2 } } }
  await update(id, { Settings: radius })
  t.match(await describe(id), { Settings: { components: { ...leaf.components, ...radius.components } } })
  await update(id, { Assets: [asset('LIGHT', 200), asset('DARK', 200)] })
  t.match((await describe(id))?.Assets?.length, 2, 'one of each kind')
  await update(id, { Assets: [{ ...asset('DARK', 200), ResourceId: 'of-the-owner' }] })
  t.match((await describe(id))?.Assets?.length, 3, 'a ResourceId of its own makes another one')
  await update(id, { Assets: [] })
  t.match((await describe(id))?.Assets, [], 'an empty list clears them')
  await update(id, { UseCognitoProvidedValues: true })
  t.notOk((await describe(id))?.Settings, 'back to the defaults')
})

t.test('P59: a logo is at least as wide as high, and at most four times as wide', async t => {
  const { create } = await aPool(t)
  const logo = (width: number, height: number) => ({
    Settings: {},
    Assets: [{ Category: 'FORM_LOGO', ColorMode: 'LIGHT', Extension: 'PNG', Bytes: pngOf(width, height) }],
  })
  t.same(await refusal(create(logo(360, 54))), [IPE, 'Invalid file dimension'])
  t.same(await refusal(create(logo(50, 60))), [IPE, 'Invalid file dimension'])
  t.match(await create(logo(360, 96)), { ManagedLoginBranding: { Assets: { length: 1 } } })
})

t.test('P60: there is no colour mode BROWSER_ADAPTIVE', async t => {
  const { create } = await aPool(t)
  const asset = {
    Category: 'FORM_LOGO',
    ColorMode: 'BROWSER_ADAPTIVE',
    Extension: 'PNG',
    Bytes: pngOf(96, 96),
  }
  t.match(await refusal(create({ Settings: {}, Assets: [asset] })), [IPE, /colorMode/i])
})

t.test('what is no picture of the kind it is said to be is refused', async t => {
  const { create } = await aPool(t)
  const of = (Category: string, Extension: string, Bytes: Uint8Array) =>
    refusal(create({ Settings: {}, Assets: [{ Category, ColorMode: 'LIGHT', Extension, Bytes }] }))
  t.match(await of('FAVICON_ICO', 'ICO', pngOf(16, 16)), [IPE, 'Invalid file type'])
  t.match(await of('FAVICON_ICO', 'PNG', pngOf(16, 16)), [IPE, 'Invalid file type'])
  t.match(await of('FORM_LOGO', 'PNG', Buffer.from('hello')), [IPE, 'Invalid file type'])
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>1</script></svg>'
  t.match(await of('FORM_LOGO', 'SVG', Buffer.from(svg)), [IPE, 'Invalid SVG'])
})

t.test('an SVG holds shapes and nothing that runs or comes from elsewhere', async t => {
  const svg = (body: string, attributes = '') =>
    `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" ${attributes}>${body}</svg>`
  t.equal(svgFinding(svg('<g id="a"><path d="M0 0"/></g><use href="#a"/>')), undefined)
  const refused: [body: string, why: RegExp][] = [
    ['<script>1</script>', /element script/],
    ['<foreignObject/>', /element foreignObject/],
    ['<image href="https://x.example/y.png"/>', /element image/],
    ['<use href="https://x.example/y.svg#a"/>', /attribute href/],
    ['<text dominant-baseline="middle">a</text>', /dominant-baseline/],
    ['<path onclick="x()"/>', /onclick/],
    ['<path fill="url(https://x.example)"/>', /attribute fill/],
    ['<style>@import url(x)</style>', /elsewhere/],
    ['<path>', /well-formed/],
  ]
  for (const [body, why] of refused) t.match(svgFinding(svg(body)), why, body)
})

t.test('a Settings document is judged leaf by leaf', async t => {
  const findings = (settings: unknown) =>
    settingsFindings(settings).map(({ path, isIgnored }) => (isIgnored ? `${path} ignored` : path))
  t.same(findings({}), [])
  t.same(findings(settingsDefaults), [], 'the defaults themselves')
  const button = (backgroundColor: unknown) => ({
    components: { primaryButton: { lightMode: { defaults: { backgroundColor } } } },
  })
  const at = 'components.primaryButton.lightMode.defaults.backgroundColor'
  const table: [settings: unknown, wrong: string[]][] = [
    [[], ['Settings']],
    [{ other: 1 }, ['other']],
    [{ components: { form: { borderRadius: 'big' } } }, ['components.form.borderRadius']],
    [{ components: { form: 3 } }, ['components.form']],
    [button('#0972d3'), [at]],
    [button('0972d3'), [`${at} ignored`]],
    [button('0972D3FF'), []],
    [{ categories: { global: { colorSchemeMode: 'DIM' } } }, ['categories.global.colorSchemeMode']],
    [{ categories: { signUp: { any: 1 }, form: { languageSelector: { enabled: true } } } }, []],
    [
      { components: { idpButton: { custom: { Google: leaf } } } },
      ['components.idpButton.custom.Google.components'],
    ],
    [{ categories: { auth: { authMethodOrder: [] } } }, ['categories.auth.authMethodOrder']],
    [{ categories: { auth: { authMethodOrder: [[{ display: 'INPUT', type: 'USERNAME_PASSWORD' }]] } } }, []],
  ]
  for (const [settings, wrong] of table) t.same(findings(settings), wrong, JSON.stringify(settings))
  t.same(effectiveSettings(button('1c1f23')), settingsDefaults, 'six digits change nothing')
})

t.test('P46: classic pages can be customised once there is a domain', async t => {
  const { sdk } = await aPool(t)
  const command = new cognito.SetUICustomizationCommand({ UserPoolId: 'us-east-1_Bare00001', CSS: '' })
  t.same(await refusal(sdk.send(command)), [IPE, 'A domain must be associated with this user pool.'])
})

t.test('P47: a class outside the list refuses the whole sheet', async t => {
  const { sdk, UserPoolId, customize } = await aPool(t)
  const CSS = '.banner-customizable { color: red } .modal-body { color: blue }'
  t.same(await refusal(customize({ CSS })), [
    IPE,
    'The CSS class modal-body is not in the list of allowed classes.',
  ])
  const { UICustomization } = await sdk.send(new cognito.GetUICustomizationCommand({ UserPoolId }))
  t.equal(UICustomization?.CSS, undefined, 'nothing is stored')
})

t.test('P51: a sheet has no at-rules', async t => {
  const { customize } = await aPool(t)
  const rules = [
    '@media print{.label-customizable{color:red}}',
    '@import "x";',
    '@supports (a:b){}',
    '@page{}',
  ]
  for (const CSS of rules) t.match(await refusal(customize({ CSS })), [IPE, /@\w+ is not allowed/], CSS)
})

t.test('a classic sheet is written anew from what was understood', async t => {
  t.same(
    await judgeSheet('.label-customizable,.redirect-customizable{ font-weight:400;;border-radius : 3px }'),
    {
      css: '.label-customizable, .redirect-customizable {\n  font-weight: 400;\n  border-radius: 3px;\n}\n',
    },
  )
  t.match(await judgeSheet('.submitButton-customizable:hover{color:red}'), { css: /:hover/ })
  const refused: [css: string, told: RegExp][] = [
    ['.submitButton-customizable:focus{color:red}', /submitButton-customizable:focus is not in the list/],
    ['body{color:red}', /class body is not/],
    ['.label-customizable .x{color:red}', /is not in the list/],
    ['.label-customizable{color:red', /cannot be read/],
    ['.label-customizable{.x{color:red}}', /nests/],
    ['.label-customizable{width:expression(alert(1))}', /JavaScript/],
    ['.label-customizable{background:url("javascript:alert(1)")}', /JavaScript/],
  ]
  for (const [css, told] of refused) t.match(await judgeSheet(css), { told }, css)
})
