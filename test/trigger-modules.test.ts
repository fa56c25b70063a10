import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import t from 'tap'
import { refusal } from './support/api.js'
import { aFolder, aPool } from './support/trigger-files.js'

/** What a function's file may be: ES modules, CommonJS, TypeScript, inline code; and the packages that it finds. */

/** What the function refused a sign-up with. */
async function said(t: Parameters<typeof aPool>[0], PreSignUp: Parameters<typeof aPool>[1][string]) {
  const { signUp } = await aPool(t, { PreSignUp })
  const [type, text] = await refusal(signUp('nemo'))
  t.equal(type, 'UserLambdaValidationException')
  return /^PreSignUp failed with error (.*)\.$/s.exec(text ?? '')?.[1]
}

const packages = {
  'node_modules/modern/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/modern/index.js': "export const word = 'modern'",
  'node_modules/classic/package.json': '{ "main": "lib.js" }',
  'node_modules/classic/lib.js': "exports.word = 'classic'",
}

t.test('a function finds the packages beside it, of either kind', async t => {
  const folder = aFolder({
    ...packages,
    'module.mjs': `
      import classic from 'classic'
      import { word } from 'modern'
      export const handler = async () => { throw new Error(word + ' ' + classic.word) }`,
    'common.cjs': `
      const { word } = require('classic')
      exports.handler = async () => { throw new Error(word + ' ' + (await import('modern')).word) }`,
    'typed.ts': `
      import { word } from 'modern'
      export const handler = async (): Promise<never> => { throw new Error(word as string) }`,
    'own/package.json': '{ "type": "module" }',
    'own/detected.js': `
      import { word } from 'modern'
      export const handler = async () => { throw new Error(word) }`,
  })
  t.equal(await said(t, `${folder}/module.mjs`), 'modern classic')
  t.equal(await said(t, `${folder}/common.cjs`), 'classic modern')
  t.equal(await said(t, `${folder}/own/detected.handler`), 'modern')
  withEsbuild(folder)
  t.equal(await said(t, `${folder}/typed.ts`), 'modern')
})

/** Puts esbuild into a folder, as npm install does. */
function withEsbuild(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(resolve('node_modules/esbuild'), join(folder, 'node_modules/esbuild'))
}

t.test('T13 TypeScript, with what it imports, enums and all', async t => {
  const { signUp } = await aPool(t, { PreSignUp: './fixtures/triggers/typed-sign-up.ts#handler' })
  t.match(await signUp('nemo'), { UserConfirmed: true })
  const folder = aFolder({
    'f.ts': 'export enum A { b }\nexport const handler = (event: object) => event',
    'erasable.ts': "export const handler = (event: object) => { throw new Error('erased') }",
  })
  t.match(await said(t, `${folder}/f.ts#handler`), /Install esbuild beside it/, 'no Node erases an enum')
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const erases = major > 22 || (major === 22 && minor >= 18)
  t.match(await said(t, `${folder}/erasable.ts`), erases ? 'erased' : /or use Node 22.18 or later/)
  const withTsx = aFolder({
    'node_modules/tsx/package.json': '{ "name": "tsx" }',
    'f.ts': "export enum A { b }\nexport const handler = () => { throw new Error('by tsx') }",
  })
  withEsbuild(join(withTsx, 'node_modules/tsx'))
  t.equal(await said(t, `${withTsx}/f.ts`), 'by tsx', 'its esbuild does as well')
})

t.test('TypeScript of a package of ES modules stays one', async t => {
  const folder = aFolder({
    ...packages,
    'package.json': '{ "type": "module" }',
    'word.ts': 'export const last: string = await Promise.resolve("sea")',
    'f.ts': `
      import { word } from 'modern'
      import { last } from './word.js'
      export const handler = () => { throw new Error([word, last, import.meta.url].join(' ')) }`,
  })
  withEsbuild(folder)
  t.match(await said(t, `${folder}/f.ts`), /^modern sea file:\/\/\/.*\/f\.mjs$/)
})

t.test('inline code and its environment', async t => {
  const inline = (InlineCode: string) => ({
    Function: 'index.handler',
    InlineCode,
    Environment: { WORD: 'kelp' },
  })
  t.equal(
    await said(
      t,
      inline(
        'exports.handler = async () => { throw new Error(process.env.WORD + (process.env.HOME ?? "")) }',
      ),
    ),
    'kelp',
  )
  // Packages are those of the folder that Rockpool was started in.
  const common =
    "const { parse } = require('yaml'); exports.handler = () => { throw new Error(parse('a: b').a) }"
  t.equal(await said(t, inline(common)), 'b')
  const modern =
    "import { parse } from 'yaml'\nexport const handler = () => { throw new Error(parse('a: c').a) }"
  t.equal(await said(t, inline(modern)), 'c')
  t.match(await said(t, inline('export const handler = (')), /Unexpected end of input|Unexpected token/)
})

t.test('calls at the same time run at the same time, each in a thread of its own', async t => {
  const folder = aFolder({
    // Each waits for the other.
    'send.mjs': `
      import { existsSync, writeFileSync } from 'node:fs'
      export const handler = async event => {
        const file = name => new URL(name + '.txt', import.meta.url)
        const other = event.userName === 'nemo' ? 'dory' : 'nemo'
        writeFileSync(file(event.userName), '')
        while (!existsSync(file(other))) await new Promise(resolve => setTimeout(resolve, 5))
        writeFileSync(file(event.userName + '-sent'), '')
      }`,
  })
  const CustomEmailSender = { Function: `${folder}/send.mjs`, Timeout: 60 }
  const { signUp } = await aPool(t, { CustomEmailSender })
  await Promise.all([signUp('nemo'), signUp('dory')])
  const sent = (name: string) => existsSync(join(folder, `${name}-sent.txt`))
  while (!sent('nemo') || !sent('dory')) await pause(10)
  t.ok(sent('nemo') && sent('dory'))
})
