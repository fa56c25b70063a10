import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import { transform } from 'esbuild'
import t from 'tap'
import { parse } from 'yaml'
import { compiler } from '../scripts/types.js'
import { inputs } from '../src/api/operations.js'
import { parseInvocation } from '../src/cli/options.js'
import { parseSeeds } from '../src/config/seed/parse.js'
import type { Shape } from '../src/lib/shape.js'
import { shapeOf } from '../src/lib/shape.js'
import { startRockpool } from '../src/testing/fixture.js'
import { anSdk } from './support/api.js'
import { bundled, bundledTypes } from './support/bundled.js'
import { launchChromium } from './support/chromium.js'
import { type Block, blocksOf, commandsOf, documents, typeMistakes, wordsOf } from './support/documents.js'
import { aRockpool } from './support/rockpool.js'
import { workflowMistakes } from './support/workflows.js'

/** The documentation is followed to the letter: every snippet, command and link. */

const run = promisify(execFile)
// The types of the package are made for it, which takes a while where the machine has other work.
t.setTimeout(600_000)
const all = (await Promise.all((await documents()).map(blocksOf))).flat()
const blockNamed = (name: string): Block => {
  const block = all.find(each => each.name === name)
  if (block === undefined) throw new Error(`there is no block ${name}`)
  return block
}

/** Blocks that no program reads, with the reason. */
const forPeople: Record<string, string> = {
  'README.md 3': 'a drawing',
  'docs/own-front-end.md 4': 'the address of a request, with values left open',
  'docs/from-terraform.md 2': 'HCL, which Terraform alone reads',
}

/** Programs that are not ours, and that no test has. */
const otherPrograms = new Set(['aws', 'cdk', 'ampx', 'terraform', 'pulumi'])

t.test('the README fits on a few screens', async t => {
  t.ok((await readFile('README.md', 'utf8')).split('\n').length <= 201)
})

t.test('every link leads somewhere', async t => {
  const anchorsIn = async (document: string) =>
    [...(await readFile(document, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    )
  for (const document of [...(await documents()), 'CONTRIBUTING.md']) {
    const text = (await readFile(document, 'utf8')).replaceAll(/^ *```[\s\S]*?^ *```$/gm, '')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? document : join(dirname(document), path)
      t.ok(existsSync(file), `${document}: ${target}`)
      if (anchor !== undefined) t.ok((await anchorsIn(file)).includes(anchor), `${document}: ${target}`)
    }
  }
  const readme = await readFile('README.md', 'utf8')
  for (const document of (await documents()).slice(1))
    t.match(readme, `](${document})`, `the README leads to ${document}`)
  const { baseUrl } = await aRockpool(t)
  const addresses = new Set<string>()
  for (const document of await documents())
    for (const [address] of (await readFile(document, 'utf8')).matchAll(
      /(?<=[<(])http:\/\/localhost:7665[^>)\s]*/g,
    ))
      addresses.add(address)
  t.ok(addresses.size > 3)
  for (const address of addresses) {
    const { status } = await fetch(address.replace('http://localhost:7665', baseUrl), {
      headers: { accept: 'text/html' },
    })
    t.equal(status, 200, address)
  }
})

t.test('snippets in JavaScript and TypeScript have no mistake of types', async t => {
  const scripts = all.filter(({ language }) => ['js', 'ts'].includes(language))
  t.ok(scripts.length > 8)
  const wrong = {
    name: 'a wrong one',
    text: "import { startRockpol } from 'rockpool'\n",
    document: '',
    language: 'ts',
  }
  const mistakes = await typeMistakes([...scripts, wrong])
  t.match(mistakes.pop(), /^a wrong one: .*startRockpol/, 'which would be told')
  t.strictSame(mistakes, [])
})

t.test('configurations are read as what they are', async t => {
  const seeds = new Set<string>()
  const sound = (names: readonly string[], wrap = (text: string) => text) => {
    for (const name of names) seeds.add(name)
    const text = names.map(name => wrap(blockNamed(name).text)).join('\n')
    t.doesNotThrow(() => parseSeeds([{ text, file: 'pools.yaml' }]), names.join(' and '))
  }
  sound(['README.md 5'])
  sound(['docs/pools.md 1', 'docs/pools.md 4'])
  sound(['docs/pools.md 3'], text => `UserPools:\n  - PoolName: a\n${text.replaceAll(/^/gm, '    ')}`)
  sound(['docs/rehearse.md 1'])
  sound(['docs/rehearse.md 2'])
  sound(['docs/register-clients.md 1'])
  sound(['docs/logs.md 1'])
  sound(['docs/threat-protection.md 1'])
  sound(['docs/triggers.md 1'])
  sound(['docs/logs.md 1'])
  sound(['docs/triggers.md 4'])
  sound(
    ['docs/triggers.md 7'],
    text => `UserPools:\n  - PoolName: a\n    Triggers:\n${text.replaceAll(/^/gm, '      ')}`,
  )
  t.match(parse(blockNamed('README.md 9').text), { services: { rockpool: { ports: [/7665:7665/] } } })
  const issuer = parse(blockNamed('docs/connect.md 6').text).spring.security.oauth2.client.provider.cognito
  const { baseUrl } = await aRockpool(t)
  const discovery = `${issuer['issuer-uri']}/.well-known/openid-configuration`
  t.equal((await fetch(discovery.replace('http://localhost:7665', baseUrl))).status, 200)
  const read = new Set([...seeds, 'README.md 9', 'README.md 10', 'docs/connect.md 6'])
  const unread = all.filter(
    ({ name, language, document }) =>
      language === 'yaml' && document !== 'docs/two-pools.md' && !read.has(name),
  )
  t.strictSame(
    unread.map(({ name }) => name),
    [],
    'each is checked',
  )
})

t.test('workflows of GitHub Actions are understood by GitHub’s own parser', async t => {
  const indented = (name: string) => blockNamed(name).text.replaceAll(/^(?=.)/gm, '    ')
  const service = `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n${indented('README.md 9')}${indented('README.md 10')}`
  const publish = await readFile('.github/workflows/publish.yml', 'utf8')
  t.strictSame(await workflowMistakes({ service, publish }), [])
  const broken = service.replace('image:', 'imgae:')
  t.match((await workflowMistakes({ broken })).join(), /broken .*imgae/, 'which has something to say')
})

t.test('a federation is rehearsed with other providers in the place of the second pool', async t => {
  const folder = t.testdir({ 'rehearsal.yaml': blockNamed('docs/rehearse.md 2').text })
  const code = blockNamed('docs/rehearse.md 3').text
  const here = pathToFileURL(join(await bundled(), 'index.js')).href
  await writeFile(
    join(folder, 'rehearsal.ts'),
    `${code.replace("from 'rockpool'", `from '${here}'`).replace("'rehearsal.yaml'", JSON.stringify(join(folder, 'rehearsal.yaml')))}
    console.log('all three')`,
  )
  const { stdout } = await run(process.execPath, [
    '--import',
    new URL('../scripts/typescript.js', import.meta.url).href,
    join(folder, 'rehearsal.ts'),
  ])
  t.match(stdout, 'all three')
})

t.test('commands are understood', async t => {
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8'))
  const { baseUrl } = await aRockpool(t)
  const folder = t.testdir()
  for (const block of all.filter(({ language, name }) => language === 'sh' && !(name in forPeople)))
    for (const command of commandsOf(block).flatMap(line =>
      /^(curl|B=)/.test(line) ? [] : line.split(' && '),
    )) {
      const [program = '', ...words] = wordsOf(command.replace(/\s>.*$/, ''))
      if (otherPrograms.has(program) || (program === 'npx' && otherPrograms.has(words[0] ?? ''))) continue
      const rest = program === 'npx' ? words.slice(1) : words
      if (program === 'npm')
        t.ok(['ci', 'pack', 'install'].includes(words[0] ?? '') || (words[0] ?? '') in scripts, command)
      else if (program === 'node') t.ok(existsSync(words[0] ?? ''), command)
      else if (program === 'rockpool' || words[0] === 'rockpool')
        t.doesNotThrow(() => parseInvocation(rest, {}), `${block.name}: ${command}`)
      else t.fail(`${block.name}: nobody runs ${command}`)
    }
  const script = commandsOf(blockNamed('docs/control-api.md 1'))
    .join('\n')
    .replace('http://localhost:7665', baseUrl)
    .replaceAll('curl ', 'curl -sSf ')
  await t.resolves(run('sh', ['-ec', script], { cwd: folder }), 'the control API, as the page calls it')
  t.match(JSON.parse(await readFile(join(folder, 'state.json'), 'utf8')), { takenAt: String })
})

t.test('clients register, and machines have tokens, as the page has it', async t => {
  const { baseUrl } = await aRockpool(t, { seed: parse(blockNamed('docs/register-clients.md 1').text) })
  const here = (name: string) => blockNamed(name).text.replaceAll('http://localhost:7665', baseUrl)
  const { stdout } = await run('sh', [
    '-ec',
    here('docs/register-clients.md 2').replace('curl ', 'curl -sSf '),
  ])
  t.match(JSON.parse(stdout), { client_id: /^\w{26}$/, scope: 'openid tools/call' })
  // Beside the packages that it imports.
  const file = resolve('node_modules/.cache', `client-token-${process.pid}.mjs`)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, here('docs/register-clients.md 3'))
  t.teardown(() => rm(file, { force: true }))
  t.match((await run(process.execPath, [file])).stdout, /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
})

t.test('no block is left out', async t => {
  const kinds = ['js', 'ts', 'yaml', 'sh', 'python']
  t.strictSame(
    all
      .filter(({ language, name }) => !kinds.includes(language) && !(name in forPeople))
      .map(({ name }) => name),
    [],
  )
})

/** Sends a command of the AWS CLI as the SDK does: its options are the members of the operation's input. */
async function send(
  sdk: cognito.CognitoIdentityProviderClient,
  command: string,
): Promise<Record<string, unknown>> {
  const [operation = '', ...words] = wordsOf(command).slice(4)
  const camel = operation.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())
  const { members } = (inputs as unknown as Record<string, Shape & { type: 'structure' }>)[camel] as Shape & {
    type: 'structure'
  }
  const input: Record<string, unknown> = {}
  while (words.length > 0) {
    const option = (words.shift() ?? '').replaceAll('-', '')
    const name = Object.keys(members).find(member => member.toLowerCase() === option)
    if (name === undefined) throw new Error(`${operation} has no option ${option}`)
    const member = members[name]
    const type = member === undefined ? 'string' : shapeOf(member).type
    const values: string[] = []
    while (words[0] !== undefined && !words[0].startsWith('--')) values.push(words.shift() ?? '')
    const [first = ''] = values
    input[name] = /^[[{]/.test(first)
      ? JSON.parse(first)
      : type === 'boolean'
        ? true
        : type === 'list'
          ? values
          : first
  }
  const name = `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Command`
  const Command = Reflect.get(cognito, name) as new (input: object) => cognito.CreateUserPoolCommand
  return (await sdk.send(new Command(input))) as unknown as Record<string, unknown>
}

t.test('two pools, step by step: with commands, and as a seed', async t => {
  const blocks = all.filter(({ document }) => document === 'docs/two-pools.md')
  const jane = {
    pool: 'master',
    client: 'app',
    provider: 'Upstream',
    username: 'jane',
    password: 'Welcome-2-Rockpool!',
    newPassword: 'Kingfisher-7-Jane!',
  }
  await t.test('with commands', async t => {
    await using rockpool = await startRockpool({ seed: { UserPools: [] } })
    const sdk = anSdk(t, rockpool)
    const known = new Map<string, string>()
    for (const command of blocks.filter(({ language }) => language === 'sh').flatMap(commandsOf)) {
      const filled = command
        .replaceAll('http://localhost:7665', rockpool.baseUrl)
        .replaceAll(/\$([A-Z]+)/g, (_, name: string) => known.get(name) ?? '')
      const answer = (await send(sdk, filled)) as {
        UserPool?: { Id: string; Name: string }
        UserPoolClient?: { ClientId: string; ClientSecret?: string }
      }
      if (answer.UserPool) known.set(answer.UserPool.Name.toUpperCase(), answer.UserPool.Id)
      if (answer.UserPoolClient?.ClientSecret !== undefined) {
        known.set('CLIENT', answer.UserPoolClient.ClientId)
        known.set('SECRET', answer.UserPoolClient.ClientSecret)
      }
    }
    t.equal((await rockpool.signIn(jane)).claims.id?.email, 'jane@example.com')
  })
  await t.test('as a seed', async t => {
    const pools = new Map<string, Record<string, unknown>>()
    for (const { text } of blocks.filter(({ language }) => language === 'yaml'))
      for (const pool of parse(text).UserPools)
        pools.set(pool.PoolName, { ...pools.get(pool.PoolName), ...pool })
    await using rockpool = await startRockpool({ seed: { UserPools: [...pools.values()] } })
    t.equal((await rockpool.signIn(jane)).claims.id?.email, 'jane@example.com')
  })
})

/** What a paragraph for the console says to do: things to click, and fields to fill, to choose from or to tick. */
const clicksOf = (text: string) =>
  [...text.replaceAll('\n', ' ').matchAll(/\*\*(.+?)\*\*|_([^_]+)_(?: `([^`]+)`)?/g)].map(
    ([, press, field, value]) => ({ press, field, value }),
  )

t.test('two pools, step by step: in the console', async t => {
  await using rockpool = await startRockpool({ seed: { UserPools: [] } })
  const chromium = await launchChromium()
  t.teardown(() => chromium.close())
  const page = await chromium.newPage()
  await page.goto(`${rockpool.baseUrl}/_rockpool/`)
  const steps = (await readFile('docs/two-pools.md', 'utf8')).matchAll(/^In the console: ([\s\S]*?)\n\n/gm)
  const clicks = [...steps].flatMap(([, text = '']) => clicksOf(text))
  t.ok(clicks.length > 30)
  for (const { press, field = '', value } of clicks) {
    if (press !== undefined) {
      const named = { name: press, exact: true }
      await page.getByRole('button', named).or(page.getByRole('link', named)).first().click()
      continue
    }
    const labelled = page.getByLabel(new RegExp(`^${field}`)).first()
    if (value === undefined) await labelled.check()
    else if ((await labelled.evaluate(({ tagName }) => tagName)) === 'SELECT')
      await labelled.selectOption((await labelled.locator('option', { hasText: value }).innerText()).trim())
    else await labelled.fill(value.replace('http://localhost:7665', rockpool.baseUrl))
  }
  const signIn = { pool: 'master', client: 'app', provider: 'Upstream', username: 'jane' }
  const { claims } = await rockpool.signIn({
    ...signIn,
    password: 'Welcome-2-Rockpool!',
    newPassword: 'Kingfisher-7-Jane!',
  })
  t.equal(claims.id?.email, 'jane@example.com')
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

t.test('a newcomer, in an empty folder with the package', async t => {
  t.setTimeout(400_000)
  const folder = await mkdtemp(join(tmpdir(), 'newcomer-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const packed = join(folder, 'rockpool')
  await mkdir(packed)
  await cp(await bundled(), join(packed, 'dist'), { recursive: true })
  await cp(await bundledTypes(), join(packed, 'dist'), { recursive: true })
  for (const name of ['package.json', 'fixtures', 'LICENSE'])
    await cp(name, join(packed, name), { recursive: true })
  const project = join(folder, 'project')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }')
  const pack = ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder]
  const { stdout } = await run('npm', pack, { cwd: packed })
  const install = ['install', '--save-dev', '--offline', '--omit=optional', '--no-audit', '--no-fund']
  await run('npm', [...install, join(folder, stdout.trim())], { cwd: project })

  await t.test('runs the test of the README', async t => {
    await writeFile(join(project, 'sign-in.test.mjs'), blockNamed('README.md 7').text)
    const { NODE_OPTIONS: _, ...env } = process.env
    await t.resolves(run(process.execPath, ['--test', 'sign-in.test.mjs'], { cwd: project, env }))
  })

  await t.test('runs it with vitest, as the README has it', async t => {
    const [, imports = ''] =
      /replace the second line by `(import .* from 'vitest')`/.exec(await readFile('README.md', 'utf8')) ?? []
    const lines = blockNamed('README.md 7').text.split('\n')
    t.match(lines[1], /from 'node:test'/)
    await writeFile(join(project, 'sign-in.spec.mjs'), lines.with(1, imports).join('\n'))
    await symlink(resolve('node_modules/vitest'), join(project, 'node_modules/vitest'))
    // Their limit of five seconds a test would ask how fast the machine is.
    const limits = ['--testTimeout=300000', '--hookTimeout=300000']
    const vitest = ['node_modules/vitest/vitest.mjs', 'run', 'sign-in.spec', '--reporter=json', ...limits]
    const { NODE_OPTIONS: _, ...env } = process.env
    const { stdout } = await run(process.execPath, vitest, { cwd: project, env })
    t.match(JSON.parse(stdout), { numPassedTests: 1, numTotalTests: 1 })
  })

  await t.test('runs the snippet of the fixture', async t => {
    await cp('fixtures/two-pools.yaml', join(project, 'pools.yaml'))
    const { code } = await transform(blockNamed('docs/fixture.md 1').text, { loader: 'ts', target: 'node20' })
    await writeFile(join(project, 'fixture.mjs'), code)
    const { NODE_OPTIONS: _, ...env } = process.env
    await t.resolves(run(process.execPath, ['fixture.mjs'], { cwd: project, env }))
  })

  await t.test('has the types of the fixture, whatever its compiler knows', async t => {
    const source = blockNamed('docs/fixture.md 1').text
    await writeFile(join(project, 'typed.ts'), source)
    await writeFile(
      join(project, 'wrong.ts'),
      `${source}\nawait rockpool.signIn({ pool: 'oidc-pool-1', clinet: 'web-app' })\n`,
    )
    const mistakesIn = async (files: string[], [program, ...args]: string[], options: object = {}) => {
      // The defaults of the version, and no package of types.
      const project = { compilerOptions: { noEmit: true, types: [], ...options }, files }
      await writeFile(join(folder, 'project/tsconfig.json'), JSON.stringify(project))
      const asked = [...args, '-p', '.', '--pretty', 'false']
      return run(program as string, asked, { cwd: join(folder, 'project') }).then(
        () => '',
        ({ stdout }: { stdout: string }) => stdout,
      )
    }
    const seven = await mistakesIn(['typed.ts', 'wrong.ts'], [await compiler()])
    const [first, ...others] = seven.split(/\n(?=\S)/)
    t.match(first, /^wrong\.ts\(\d+,\d+\): .*clinet/, 'TypeScript 7 sees what is wrong')
    t.strictSame(others, [], 'and nothing else')
    const options = { module: 'nodenext', target: 'es2022', lib: ['es2022'] }
    t.equal(
      await mistakesIn(['typed.ts'], [process.execPath, resolve('node_modules/typescript/bin/tsc')], options),
      '',
      'and its elder',
    )
  })

  await t.test('starts it, reads nothing but what it prints, and has tokens', async t => {
    const began = performance.now()
    const environment = Object.entries(process.env).filter(
      ([name]) => !/^(ROCKPOOL_|NODE_|TAP|npm_)/.test(name),
    )
    const child = spawn('npx', ['--offline', 'rockpool', '--port', '0'], {
      cwd: project,
      detached: true,
      env: Object.fromEntries(environment),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    t.teardown(() => process.kill(-(child.pid ?? 0)))
    let text = ''
    for await (const part of child.stdout) {
      text += part
      if (/password \S+/.test(text)) break
    }
    t.ok(text.split('\n').length <= 21, text)
    const link = /^http:\S+$/m.exec(text.slice(text.indexOf('Start here')))?.[0] ?? ''
    const choice = /Choose "(.*)"/.exec(text)?.[1] ?? ''
    const [, user = '', password = ''] = /user (\S+) {2}password (\S+)/.exec(text) ?? []

    const browser = await launchChromium()
    t.teardown(() => browser.close())
    const page = await (await browser.newContext({ javaScriptEnabled: false })).newPage()
    const asked: string[] = []
    page.on('request', request => request.isNavigationRequest() && asked.push(request.url()))
    await page.goto(link)
    await page.getByRole('link', { name: choice }).click()
    await page.locator('[name=username]').fill(user)
    await page.locator('[name=password]').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(/changePassword/)
    for (const field of await page.locator('[type=password]').all()) await field.fill('Kingfisher-7-Jane!')
    await page.locator('[type=submit]').first().click()
    await page.getByRole('button', { name: 'Exchange the code for tokens' }).click()
    t.equal(await page.getByRole('heading', { level: 1 }).textContent(), 'Signed in as Jane Rivers')
    // Seconds depend on the machine, so requests are counted instead: five things to do, and the redirects between them.
    t.ok(asked.length <= 14, asked.join('\n'))
    t.match(asked.at(-1), /_rockpool\/app\?sign_in=/)
    t.comment(`from the start to tokens in ${((performance.now() - began) / 1000).toFixed(1)} s`)
  })

  await t.test('starts it as a step of GitHub Actions, as the README has it', async t => {
    const { steps } = parse(blockNamed('README.md 10').text) as { steps: { run: string }[] }
    const port = await freePort()
    const script = steps.map(step => step.run.replace(':7665', `:${port}`)).join('\n')
    const { NODE_OPTIONS: _, ...env } = process.env
    const child = spawn('bash', ['-ec', script], {
      cwd: project,
      detached: true,
      env: { ...env, ROCKPOOL_PORT: String(port), npm_config_offline: 'true' },
      stdio: 'ignore',
    })
    t.teardown(() => process.kill(-(child.pid ?? 0)))
    t.strictSame(await once(child, 'close'), [0, null], 'the last step has found it healthy')
  })

  await t.test('pytest, as the README has it', async t => {
    const { baseUrl } = await aRockpool(t)
    const file = join(project, 'test_sign_in.py')
    await writeFile(file, blockNamed('README.md 8').text.replace('http://localhost:7665', baseUrl))
    const has = (...args: string[]) =>
      run('python3', args).then(
        () => true,
        () => false,
      )
    if (!(await has('--version'))) return t.pass('there is no python3 here')
    // Without pytest the test is called as pytest would call it.
    const byHand = ['-c', 'import test_sign_in; test_sign_in.test_an_employee_signs_in()']
    const args = (await has('-c', 'import pytest')) ? ['-m', 'pytest', '-q', file] : byHand
    await t.resolves(run('python3', args, { cwd: project }))
  })
})
