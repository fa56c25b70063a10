import { execFile, spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseEnv, promisify } from 'node:util'
import { DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider'
import { parseAmplifyConfig } from 'aws-amplify/utils'
import t, { type Test } from 'tap'
import { parse as parseYaml } from 'yaml'
import { banner, type ReadyClient, type ReadyPool } from '../src/cli/banner.js'
import { authorityFolder, caHelpText, waysToTrust } from '../src/cli/ca.js'
import { configurationFor } from '../src/cli/env.js'
import { exampleApp } from '../src/cli/example-app.js'
import { helpText } from '../src/cli/help.js'
import { lookUpNames } from '../src/cli/names-on-aws.js'
import { commands, concerns, optionRows, variableOf } from '../src/cli/option-table.js'
import { parseInvocation, UsageError } from '../src/cli/options.js'
import { usersWithPasswords } from '../src/cli/seeded-users.js'
import { type App, formats, snippets } from '../src/cli/snippets.js'
import { commandIn, toldFailure } from '../src/cli/start.js'
import { plain, styleFor } from '../src/cli/style.js'
import { readSeeds } from '../src/config/seed/read.js'
import { aBrowser } from './support/browser.js'
import { bundled } from './support/bundled.js'
import { stockKeys } from './support/key-stock.js'
import { aRockpool, authorizeQuery, poolAndClient, postForm, signInAt } from './support/rockpool.js'

const program = join(await bundled(), 'cli/main.cjs')
/** Where those that start have their keys from. */
const keyStock = await stockKeys(t.testdir({}))

const defaults = {
  port: 7665,
  host: '127.0.0.1',
  seeds: [],
  hostNames: [],
  allowOrigins: [],
  realProviders: [],
  awsAddresses: false,
  trustProxy: false,
  json: false,
}

t.test('options come from the command line, from the environment, or are left at their defaults', async t => {
  const cases: [args: string, environment: Record<string, string>, expected: object][] = [
    ['', {}, defaults],
    ['start', {}, defaults],
    [
      '--port 0 --host 0.0.0.0 --base-url https://auth.test/ --seed a.yaml --seed=b.json --data d --json --ca-dir c --key-stock off --host-name A.example --allow-origin https://admin.example --real-provider Google --control token --control-token 0123456789abcdef --aws-addresses --trust-proxy',
      {},
      {
        port: 0,
        host: '0.0.0.0',
        baseUrl: 'https://auth.test',
        seeds: ['a.yaml', 'b.json'],
        forEnv: [
          ...['--port', '0', '--base-url', 'https://auth.test/'],
          ...['--seed', 'a.yaml', '--seed', 'b.json', '--aws-addresses'],
        ],
        dataDir: 'd',
        caDir: 'c',
        keyStock: 'off',
        hostNames: ['a.example'],
        allowOrigins: ['https://admin.example'],
        realProviders: ['Google'],
        control: 'token',
        controlToken: '0123456789abcdef',
        awsAddresses: true,
        trustProxy: true,
        json: true,
      },
    ],
    [
      'start',
      {
        ROCKPOOL_PORT: '80',
        ROCKPOOL_HOST: '::',
        ROCKPOOL_BASE_URL: 'http://x.test:8080',
        ROCKPOOL_SEED: 'a.yaml, b.yaml',
        ROCKPOOL_DATA: '/data',
        ROCKPOOL_JSON: '1',
        ROCKPOOL_HOST_NAME: 'a.test,b.test',
        ROCKPOOL_ALLOW_ORIGIN: 'null,capacitor://app',
        ROCKPOOL_CONTROL: 'off',
        ROCKPOOL_CA_DIR: '/ca',
        ROCKPOOL_AWS_ADDRESSES: 'true',
      },
      {
        port: 80,
        host: '::',
        baseUrl: 'http://x.test:8080',
        seeds: ['a.yaml', 'b.yaml'],
        dataDir: '/data',
        caDir: '/ca',
        hostNames: ['a.test', 'b.test'],
        allowOrigins: ['null', 'capacitor://app'],
        realProviders: [],
        control: 'off',
        awsAddresses: true,
        trustProxy: false,
        json: true,
      },
    ],
    [
      '-p 81 --seed c',
      { ROCKPOOL_PORT: '80', ROCKPOOL_SEED: 'a' },
      { ...defaults, port: 81, seeds: ['c'], forEnv: ['--port', '81', '--seed', 'c'] },
    ],
    ['', { ROCKPOOL_DATA: '', ROCKPOOL_JSON: 'false' }, defaults],
    // What Kubernetes and Docker links say of a service called "rockpool" is not meant for it.
    [
      '',
      {
        ROCKPOOL_PORT: 'tcp://10.0.0.7:7665',
        ROCKPOOL_SERVICE_HOST: '10.0.0.7',
        ROCKPOOL_PORT_7665_TCP_ADDR: '10.0.0.7',
      },
      defaults,
    ],
  ]
  for (const [args, environment, options] of cases) {
    const invocation = parseInvocation(args.split(' ').filter(Boolean), environment)
    t.strictSame(invocation, { action: 'start', options }, args || JSON.stringify(environment))
  }
  t.strictSame(parseInvocation(['--nonsense', '-h'], {}), { action: 'help', command: 'start' })
  t.strictSame(parseInvocation(['ca', '--help'], {}), { action: 'help', command: 'ca' })
  t.strictSame(parseInvocation(['ca', '--data', 'd'], { ROCKPOOL_PORT: '80' }), {
    action: 'ca',
    options: { ...defaults, port: 80, dataDir: 'd' },
  })
  t.strictSame(parseInvocation(['--version'], { ROCKPOOL_PROT: '1' }), { action: 'version' })
})

t.test('what is not understood is refused, all of it, with the nearest name', async t => {
  const refused = (args: string[], environment: Record<string, string> = {}): string[] => {
    try {
      parseInvocation(args, environment)
    } catch (error) {
      if (error instanceof UsageError) return error.message.split('\n')
      throw error
    }
    return []
  }
  t.strictSame(
    refused(['strat', '--prot', '1', '--port=x'], { ROCKPOOL_SEEDS: 'a', ROCKPOOL_PORT: '99999' }),
    [
      'There is no option "--prot". Did you mean "--port"?',
      '--port: "x" is not a port (0 to 65535).',
      'There is no command "strat". Did you mean "start"?',
      'There is no variable "ROCKPOOL_SEEDS". Did you mean "ROCKPOOL_SEED"?',
      'ROCKPOOL_PORT: "99999" is not a port (0 to 65535).',
    ],
  )
  t.strictSame(refused(['--seed']), ['--seed needs a value: FILE.'])
  t.strictSame(refused(['--seed', '--json']), ['--seed needs a value: FILE.'])
  t.match(refused(['start', '--seed', 'a', 'b']), [/"b" is one word too many.*own --seed/])
  t.strictSame(refused(['--json=yes']), ['--json takes no value: write --json alone.'])
  t.match(refused(['--base-url', 'localhost:80']), [/is not an http or https URL/])
  t.match(refused(['--base-url', 'http://x.test/path']), [/must be a scheme, a host and a port/])
  t.strictSame(refused(['--format', 'spring']), ['--format means nothing to rockpool start: leave it out.'])
  t.match(refused([], { ROCKPOOL_FORMAT: 'spring' }), [
    /ROCKPOOL_FORMAT sets nothing: --format has no variable/,
  ])
  t.strictSame(refused(['ca', '--port', '1']), ['--port means nothing to rockpool ca: leave it out.'])
  t.match(refused(['--host-name', 'https://a.test']), [/not a host name/])
  t.match(refused(['--control', 'remote']), [/none of local, token, off/])
  t.match(refused(['--control', 'token']), [/needs the token: --control-token/])
  t.match(refused(['--control-token', 'short']), [/16 or more/])
  t.match(refused(['--allow-origin', 'https://a.test/admin']), [/not an origin/])
  t.match(refused(['--host', 'a b']), [/not an address/])
  t.strictSame(refused([], { ROCKPOOL_JSON: 'maybe' }), ['ROCKPOOL_JSON is either true or false.'])
})

t.test(
  'the help of each command names its options with their variables, and no others, in 80 columns',
  async t => {
    for (const command of commands.filter(name => name !== 'ca')) {
      const text = helpText(command)
      for (const row of optionRows) {
        t.equal(
          text.includes(` --${row.name}${row.value ? ` ${row.value}` : ''}\n`),
          concerns(row, command),
          `${command}: ${row.name}`,
        )
        const names = text.includes(`[${variableOf(row)}]`)
        t.equal(
          names,
          concerns(row, command) && !('isAction' in row || 'onlyOf' in row),
          `${command}: ${row.name}`,
        )
      }
      for (const text of helpText(command).split('\n'))
        t.ok(text.length <= 80 || !text.trim().includes(' '), text)
    }
    for (const command of commands) t.match(helpText('start'), `\n  ${command} `)
  },
)

t.test('the authority of https', async t => {
  const given = { caDir: 'c', dataDir: 'd' }
  t.equal(authorityFolder(given, {}), 'c')
  t.equal(authorityFolder({ dataDir: 'd' }, {}), 'd', 'with the state')
  t.equal(authorityFolder({}, { XDG_DATA_HOME: '/x' }, 'linux'), join('/x', 'rockpool'), 'with the person')
  t.match(authorityFolder({}, {}, 'linux'), /\.local.share.rockpool$/)
  t.match(authorityFolder({}, {}, 'darwin'), /Library.Application Support.rockpool$/)
  t.equal(authorityFolder({}, { LOCALAPPDATA: 'L' }, 'win32'), join('L', 'rockpool'))

  const guide = await readFile('docs/https.md', 'utf8')
  for (const { who, command } of waysToTrust) {
    t.match(caHelpText(), command, who)
    t.match(
      guide,
      `| ${who.padEnd(17)} | \`${command.replace(' | ', ' \\| ')}\``,
      `${who}, in the documentation`,
    )
  }
  const folder = await mkdtemp(join(tmpdir(), 'ca-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await t.test('the browsers of a fresh account, and of an old one', async t => {
    const profiles = ['.mozilla/firefox/old.default', '.config/mozilla/firefox/new.default-esr']
    for (const profile of profiles) {
      await mkdir(join(folder, 'home', profile), { recursive: true })
      await writeFile(join(folder, 'home', profile, 'cert9.db'), '')
    }
    await mkdir(join(folder, 'bin'))
    // Stands in for the tool, which is on few machines: says where it was called, and for which database.
    await writeFile(join(folder, 'bin/certutil'), '#!/bin/sh\necho "$PWD $2"\n', { mode: 0o755 })
    const env = {
      ...process.env,
      HOME: join(folder, 'home'),
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
    }
    const ran = async (name: string) => {
      const command = waysToTrust.find(({ who }) => who === name)?.command ?? ''
      const { stdout } = await promisify(execFile)('sh', ['-c', `${command} || true`], { cwd: folder, env })
      return stdout.trim().split('\n').toSorted()
    }
    const calls = await ran('Firefox on Linux')
    t.strictSame(calls, profiles.map(profile => `${join(folder, 'home', profile)} sql:.`).toSorted())
    t.match(await ran('Chromium on Linux'), [`sql:${join(folder, 'home/.pki/nssdb')}`])
    t.ok(existsSync(join(folder, 'home/.pki/nssdb')), 'the folder of the database is made')
  })
  const printed = await rockpool(t, 'ca', '--ca-dir', folder).ended
  t.match(printed, { code: 0, err: '' })
  t.ok(new X509Certificate(printed.out).ca)
  t.equal(printed.out, await readFile(join(folder, 'rockpool-ca.pem'), 'utf8'))
  t.match(await rockpool(t, 'ca', '--ca-dir', join(folder, 'rockpool-ca.pem')).ended, {
    code: 1,
    out: '',
    err: /cannot be kept in .*--ca-dir/,
  })
})

const master: ReadyPool = {
  id: 'us-east-1_One',
  name: 'one',
  issuer: 'http://localhost:1/us-east-1_One',
  discoveryUrl: 'http://localhost:1/us-east-1_One/.well-known/openid-configuration',
  domainUrl: 'http://localhost:1/one',
  identityProviders: [],
  clients: [
    {
      id: 'job-id',
      name: 'job',
      secret: 'job-secret',
      callbackUrls: [],
      flows: ['client_credentials'],
      scopes: [],
    },
    {
      id: 'web-id',
      name: 'web',
      callbackUrls: ['http://localhost:3000/cb'],
      flows: ['code'],
      scopes: ['openid', 'api/x'],
    },
    {
      id: 'idp-id',
      name: 'idp',
      callbackUrls: ['http://localhost:1/two/oauth2/idpresponse'],
      flows: ['code'],
      scopes: [],
    },
  ],
}

t.test('the banner tells what there is and what to do first', async t => {
  const users = usersWithPasswords([
    {
      UserPools: [
        {
          PoolName: 'one',
          Users: [
            { Username: 'ada', TemporaryPassword: 'temporary-1' },
            { Username: 'bob', Password: 'permanent-1' },
            { Username: 'nobody' },
          ],
        },
      ],
    },
  ])
  const ready = {
    version: '1.2.3',
    baseUrl: 'http://localhost:1',
    command: 'npx rockpool',
    pools: [master],
    users,
    isDemo: false,
  }
  const text = banner(ready, plain)
  for (const part of [
    'Rockpool 1.2.3 is ready at http://localhost:1',
    `one  ${master.issuer}`,
    'clients web, job, idp',
    'http://localhost:1/_rockpool/\n',
    'npx rockpool env --client web\n',
    'npx rockpool ca --help',
  ])
    t.ok(text.includes(part), part)
  t.match(
    text,
    /Start here\nhttp:\/\/localhost:1\/_rockpool\/app\/launch\?client_id=web-id\n {2}user ada {2}password temporary-1 .*\n$/,
    'the next step is the last that one reads',
  )
  t.notMatch(text, /job-secret|oidc\.discovery/, 'configuration is what rockpool env prints')
  t.notMatch(text, '\u001b')
  const shared = banner({ ...ready, dataDir: 'postgres://ann:s3cret@db.example/pools' }, plain)
  t.match(shared, /^ *state +postgres:\/\/ann:\*\*\*@db\.example\/pools$/m)
  t.match(banner(ready, styleFor(true, undefined)), '\u001b[1m')
  t.notMatch(banner(ready, styleFor(true, '1')), '\u001b')
  t.notMatch(banner(ready, styleFor(false, undefined)), '\u001b')
  t.match(banner({ ...ready, isDemo: true }, plain), /corporate ID[\s\S]*user ada {2}password temporary-1/)
  t.match(banner({ ...ready, dataDir: 'd' }, plain), 'as first created')
  t.match(banner({ ...ready, pools: [], users: [] }, plain), /no pools yet/)
  const federating = { ...master, name: 'two', id: 'us-east-1_Two', identityProviders: ['Acme'] }
  t.match(
    exampleApp([master, federating])?.pool.name,
    'two',
    'the pool that federates is the one that apps know',
  )
  t.equal(exampleApp([{ ...master, clients: master.clients.slice(0, 1) }]), undefined)
})

t.test('the banner fits on a screen, whatever there is', async t => {
  const many = Array.from({ length: 30 }, (_, index) => ({
    ...master,
    name: `pool-${index}`,
    clients: [
      ...master.clients,
      ...master.clients.map(client => ({ ...client, name: `${client.name}-again` })),
    ],
  }))
  const namesOnAws = many.map(({ name }) => ({
    name: `${name}.auth.us-east-1.amazoncognito.com`,
    leadsHere: false,
  }))
  const users = [{ poolName: 'pool-0', username: 'ada', password: 'Difference-1-Engine!', temporary: true }]
  const text = banner(
    {
      version: '1.2.3',
      baseUrl: 'http://localhost:7665',
      command: 'npm start --silent --',
      pools: many,
      users,
      isDemo: true,
      namesOnAws,
    },
    plain,
  )
  const lines = text.split('\n').slice(0, -1)
  t.ok(lines.length <= 20, `${lines.length} lines`)
  t.strictSame(
    lines.filter(line => line.length > 80),
    [],
  )
  t.match(text, /30 do not:[\s\S]*pool-0[\s\S]*and 28 more/)
})

t.test('with the addresses of AWS, the banner says where their names lead', async t => {
  const pools = [
    { issuer: 'https://cognito-idp.us-east-1.amazonaws.com/a', domainUrl: 'https://a.auth.test' },
  ]
  const names = await lookUpNames(pools, async name => {
    if (name.startsWith('cognito-idp')) return [{ address: '127.0.0.1', family: 4 }]
    throw new Error('ENOTFOUND')
  })
  t.strictSame(names, [
    { name: 'cognito-idp.us-east-1.amazonaws.com', leadsHere: true, found: '127.0.0.1' },
    { name: 'a.auth.test', leadsHere: false },
  ])
  const elsewhere = await lookUpNames(pools, async () => [
    { address: '127.0.0.1', family: 4 },
    { address: '192.0.2.1', family: 4 },
  ])
  t.match(elsewhere[0], { leadsHere: false, found: '192.0.2.1' })
  const ready = {
    version: '1',
    baseUrl: 'http://b',
    command: 'rockpool',
    pools: [],
    users: [],
    isDemo: false,
  }
  const text = banner({ ...ready, namesOnAws: [...names, ...elsewhere.slice(0, 1)] }, plain)
  t.match(text, /3 names of AWS must lead to this machine, port 443; 2 do not:/)
  t.match(text, /a\.auth\.test +not found[\s\S]*amazonaws\.com +leads to 192\.0\.2\.1/)
  t.match(banner({ ...ready, namesOnAws: names.slice(0, 1) }, plain), 'port 443; all do.')
})

t.test('the command line is named as it was called', async t => {
  t.equal(commandIn({ npm_lifecycle_event: 'start', npm_command: 'start' }), 'npm start --silent --')
  t.equal(commandIn({ npm_lifecycle_event: 'npx', npm_command: 'exec' }), 'npx rockpool')
  t.equal(commandIn({}), 'rockpool')
})

/** The configuration that `rockpool env` prints for a client of the demo. */
const configured = async (baseUrl: string, client: string, format: string, more: object = {}) =>
  configurationFor(await readSeeds(['fixtures/two-pools.yaml']), {
    baseUrl,
    awsAddresses: false,
    client,
    format,
    ...more,
  })

t.test('the configuration of an app works as it is pasted', async t => {
  const rockpool = await aRockpool(t)
  const { baseUrl } = rockpool
  const { pool, client } = poolAndClient(rockpool, 'oidc-pool-2', 'direct-app')
  const run = async (code: string, name: string) =>
    import(pathToFileURL(join(t.testdir({ [`${name}.mjs`]: code }), `${name}.mjs`)).href)

  for (const name of ['direct-app', 'batch-job', 'federation-from-pool-1']) {
    const { config } = await run(
      `${await configured(baseUrl, name, 'openid-client')}export { config }`,
      `openid-client-${name}`,
    )
    t.match(config.serverMetadata().issuer, baseUrl, name)
  }
  const code = await signInAt(aBrowser(), pool.domainUrl, authorizeQuery(client, { scope: 'openid' }), {
    username: 'marco',
    password: 'Anemone-4-Marco!',
  })
  const tokens = await postForm(`${pool.domainUrl}/oauth2/token`, {
    grant_type: 'authorization_code',
    client_id: client.id,
    redirect_uri: client.callbackUrls[0] ?? '',
    code: code.searchParams.get('code') ?? '',
  })
  const { id_token } = (await tokens.json()) as { id_token: string }
  const verification = await configured(baseUrl, 'direct-app', 'aws-jwt-verify')
  const { claims } = await run(
    `const idToken = '${id_token}'\n${verification}export { claims }`,
    'aws-jwt-verify',
  )
  t.equal(claims['cognito:username'], 'marco')

  const { cognito } = await run(
    `${await configured(baseUrl, 'direct-app', 'aws-sdk')}export { cognito }`,
    'aws-sdk',
  )
  t.match(await cognito.send(new DescribeUserPoolCommand({ UserPoolId: pool.id })), {
    UserPool: { Name: 'oidc-pool-2' },
  })
  cognito.destroy()
  const asking = `import { CognitoIdentityProviderClient as C, DescribeUserPoolCommand as D } from '@aws-sdk/client-cognito-identity-provider'
    const { UserPool } = await new C({}).send(new D({ UserPoolId: process.env.COGNITO_USER_POOL_ID }))
    process.stdout.write(UserPool.Name)`
  const variables = parseEnv(await configured(baseUrl, 'direct-app', 'variables'))
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', asking], {
    env: { ...variables, PATH: process.env.PATH },
  })
  t.equal(stdout, 'oidc-pool-2')
  for (const name of ['COGNITO_JWKS_URI', 'COGNITO_ISSUER']) t.match(variables[name], pool.issuer, name)
  t.equal((await fetch(variables.COGNITO_JWKS_URI ?? '')).status, 200)

  const provider = (await configured(baseUrl, 'direct-app', 'auth-js'))
    .replace('next-auth/', '@auth/core/')
    .replace('\nCognito(', '\nexport const provider = Cognito(')
  t.match((await run(provider, 'auth-js')).provider, {
    id: 'cognito',
    options: { issuer: pool.issuer, clientId: client.id },
  })
})

t.test('the configuration of Spring, and of Amplify', async t => {
  const { baseUrl, pools } = await aRockpool(t)
  const spring = parseYaml(await configured(baseUrl, 'web-app', 'spring')).spring.security.oauth2
  t.match(spring.client.registration.cognito, {
    'client-id': '1webappatpool1clientid0000',
    'client-authentication-method': 'none',
    'redirect-uri': 'http://localhost:8080/login/oauth2/code/cognito',
  })
  const issuer = spring.client.provider.cognito['issuer-uri']
  t.match(await (await fetch(`${issuer}/.well-known/openid-configuration`)).json(), { issuer })
  t.equal(spring.resourceserver.jwt['issuer-uri'], issuer)

  const elsewhere: App = {
    baseUrl,
    pool: {
      ...(pools[0] as ReadyPool),
      issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_OidcPool1',
    },
    client: pools[0]?.clients[1] as ReadyClient,
  }
  t.strictSame(
    snippets(elsewhere).map(({ format }) => format),
    ['variables', 'amplify', 'amplify-outputs', 'aws-sdk', 'spring', 'aws-jwt-verify'],
    'nobody discovers an issuer that is not ours to serve',
  )
  const told = parseYaml(snippets(elsewhere).find(({ format }) => format === 'spring')?.code ?? '').spring
  const { 'jwk-set-uri': keys, 'token-uri': token } = told.security.oauth2.client.provider.cognito
  t.equal((await fetch(keys)).status, 200)
  t.equal((await fetch(token, { method: 'POST' })).status, 400)

  const outputs = JSON.parse(await configured(baseUrl, 'web-app', 'amplify-outputs'))
  const amplify = await configured(baseUrl, 'web-app', 'amplify')
  const { Auth } = JSON.parse(/configure\((.*)\)/s.exec(amplify)?.[1] ?? '')
  const { userPoolEndpoint, ...same } = Auth.Cognito
  t.equal(userPoolEndpoint, baseUrl.replace('http:', 'https:'), 'it insists on https')
  const config = parseAmplifyConfig(outputs)
  t.match(config.Auth?.Cognito, same, 'the file says the same, but the endpoint')
  t.match(outputs.custom.rockpool, { note: /no place for userPoolEndpoint/, userPoolEndpoint }, 'and says so')
})

t.test('a configuration that does not mention Rockpool', async t => {
  const awsAddresses = true
  const issuer = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_OidcPool1'
  const written = async (format: string) =>
    configured('http://localhost:1', 'web-app', format, { awsAddresses })
  for (const format of formats)
    t.notMatch(await written(format), /localhost:1|AWS_ENDPOINT_URL|userPoolEndpoint|endpoint:/, format)
  t.match(await written('variables'), `COGNITO_ISSUER=${issuer}\n`)
  t.match(await written('amplify'), '"domain": "oidc-pool-1.auth.us-east-1.amazoncognito.com"')
  t.match(await written('aws-jwt-verify'), 'CognitoJwtVerifier.create')
})

t.test('rockpool env on the command line', async t => {
  const [chosen, unknown] = await Promise.all([
    rockpool(t, 'env', '--base-url', 'https://id.test', '--pool', 'us-east-1_OidcPool1').ended,
    rockpool(t, 'env', '--pool', 'oidc-pool-3').ended,
  ])
  t.match(chosen, {
    code: 0,
    err: '',
    out: /COGNITO_CLIENT_ID=1webapp[\s\S]*COGNITO_DOMAIN=https:\/\/id\.test\/oidc-pool-1\n$/,
  })
  t.match(unknown, { code: 1, out: '', err: /no pool "oidc-pool-3".*Did you mean "oidc-pool-[12]"/ })
  const refused = (client: string, format: string) =>
    configured('http://localhost:1', client, format).then(String, (error: unknown) =>
      toldFailure(error, defaults),
    )
  t.match(await refused('batch-job', 'amplify'), /nothing to say.*"amplify".*"batch-job"/)
  t.match(await refused('web-app', 'amplfy'), /no format "amplfy".*"amplify".*aws-jwt-verify/)
})

t.test('failures to start are sentences with a remedy', async t => {
  const failure = (code: string) =>
    toldFailure(Object.assign(new Error(code), { code }), { ...defaults, host: 'nowhere' })
  t.match(failure('EADDRINUSE'), /Port 7665 is in use.*--port 0/)
  t.match(failure('EACCES'), /not allowed.*7665/)
  t.match(failure('EADDRNOTAVAIL'), /no address "nowhere"/)
  t.equal(failure('EOTHER'), undefined)
  t.equal(toldFailure('x', defaults), undefined)
})

/** Runs `rockpool` as it is published, as a process of its own, without this one's variables. */
function rockpool(t: Test, ...args: string[]) {
  const root = new URL('..', import.meta.url).pathname
  const environment = Object.entries(process.env).filter(([name]) => !/^(ROCKPOOL_|NODE_|TAP)/.test(name))
  const child = spawn(process.execPath, [program, ...args], {
    cwd: root,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const said = { out: '', err: '' }
  child.stdout.on('data', text => {
    said.out += text
  })
  child.stderr.on('data', text => {
    said.err += text
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }))
  const firstLine = async () => {
    while (!said.out.includes('\n')) await once(child.stdout, 'data')
    return said.out.slice(0, said.out.indexOf('\n'))
  }
  return { child, ended, firstLine }
}

t.test('it starts on a free port with the demo, says so in JSON, and stops cleanly', async t => {
  const { child, ended, firstLine } = rockpool(t, '--port', '0', '--json', '--key-stock', keyStock)
  const ready = JSON.parse(await firstLine())
  t.match(ready, {
    baseUrl: /^http:\/\/localhost:\d+$/,
    pools: [
      {
        name: 'oidc-pool-1',
        issuer: `${ready.baseUrl}/us-east-1_OidcPool1`,
        clients: [{ name: 'batch-job' }, { name: 'web-app' }],
      },
      { name: 'oidc-pool-2', domainUrl: `${ready.baseUrl}/oidc-pool-2` },
    ],
  })
  const discovery = await fetch(ready.pools[1].discoveryUrl.replace('localhost', '127.0.0.1'))
  t.match(await discovery.json(), { issuer: ready.pools[1].issuer })
  child.kill('SIGTERM')
  t.match(await ended, { code: 0 })
})

t.test('it ends with a sentence and an exit code when it cannot start', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const directory = await mkdtemp(join(tmpdir(), 'cli-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const seed = join(directory, 'bad.yaml')
  await writeFile(seed, 'UserPools:\n  - PoolName: a\n    Domian: b\n')

  const [taken, bad, misspelt, version] = await Promise.all([
    rockpool(t, '--port', String(port)).ended,
    rockpool(t, '--port', String(port), '--seed', seed).ended,
    rockpool(t, '--prot', '1').ended,
    rockpool(t, '--version').ended,
  ])
  t.match(taken, { code: 1, out: '', err: new RegExp(`^Port ${port} is in use already.*\n$`) })
  t.match(bad, { code: 1, out: '', err: `${seed}:3  UserPools[0].Domian` }, 'found before the port is tried')
  t.match(bad.err, 'Did you mean "Domain"?')
  t.match(misspelt, { code: 2, out: '', err: /--prot.*--port.*\nSee rockpool --help/ })
  t.match(version, { code: 0, out: /^\d+\.\d+\.\d+\n$/, err: '' })
})

t.test('the banner names the command that prints the configuration of that very start', async t => {
  const folder = t.testdir({
    'my pools.yaml': `UserPools:
  - PoolName: shop
    Domain: shop
    Clients:
      - ClientName: till
        CallbackURLs: [http://localhost:3000/]
        AllowedOAuthFlowsUserPoolClient: true
        AllowedOAuthFlows: [code]
        AllowedOAuthScopes: [openid]
        SupportedIdentityProviders: [COGNITO]
`,
  })
  const { child } = rockpool(
    t,
    '--port',
    '0',
    '--seed',
    join(folder, 'my pools.yaml'),
    '--key-stock',
    keyStock,
  )
  let text = ''
  child.stdout.on('data', part => {
    text += part
  })
  while (!text.includes('Start here')) await once(child.stdout, 'data')
  t.match(text, /your app {2}rockpool env --seed '.*my pools\.yaml' --port \d+ --client till\n/)
  const command = /your app {2}rockpool (.*)/.exec(text)?.[1]
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    `"$0" "$1" ${command}`,
    process.execPath,
    program,
  ])
  t.equal(parseEnv(stdout).COGNITO_ISSUER, /^shop +(\S+)$/m.exec(text)?.[1])
})
