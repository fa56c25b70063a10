import { spawn } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { banner, type ReadyPool } from '../src/cli/banner.js'
import { authorityFolder, caHelpText, waysToTrust } from '../src/cli/ca.js'
import { helpText } from '../src/cli/help.js'
import { optionTable, parseInvocation, UsageError, variableOf } from '../src/cli/options.js'
import { usersWithPasswords } from '../src/cli/seeded-users.js'
import { toldFailure } from '../src/cli/start.js'
import { plain, styleFor } from '../src/cli/style.js'

const defaults = {
  port: 7665,
  host: '127.0.0.1',
  seeds: [],
  hostNames: [],
  awsAddresses: false,
  trustProxy: false,
  json: false,
}

t.test('options come from the command line, from the environment, or are left at their defaults', async t => {
  const cases: [args: string, environment: Record<string, string>, expected: object][] = [
    ['', {}, defaults],
    ['start', {}, defaults],
    [
      '--port 0 --host 0.0.0.0 --base-url https://auth.test/ --seed a.yaml --seed=b.json --data d --json --ca-dir c --host-name A.example --aws-addresses --trust-proxy',
      {},
      {
        port: 0,
        host: '0.0.0.0',
        baseUrl: 'https://auth.test',
        seeds: ['a.yaml', 'b.json'],
        dataDir: 'd',
        caDir: 'c',
        hostNames: ['a.example'],
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
        awsAddresses: true,
        trustProxy: false,
        json: true,
      },
    ],
    ['-p 81 --seed c', { ROCKPOOL_PORT: '80', ROCKPOOL_SEED: 'a' }, { ...defaults, port: 81, seeds: ['c'] }],
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
  t.strictSame(refused(['--json=yes']), ['--json takes no value.'])
  t.match(refused(['--base-url', 'localhost:80']), [/is not an http or https URL/])
  t.match(refused(['--base-url', 'http://x.test/path']), [/must be a scheme, a host and a port/])
  t.strictSame(refused(['ca', '--port', '1']), ['--port means nothing to rockpool ca.'])
  t.match(refused(['--host-name', 'https://a.test']), [/not a host name/])
  t.match(refused(['--host', 'a b']), [/not an address/])
  t.strictSame(refused([], { ROCKPOOL_JSON: 'maybe' }), ['ROCKPOOL_JSON is either true or false.'])
})

t.test('the help names every option and its variable', async t => {
  for (const row of optionTable) {
    t.match(helpText(), `--${row.name}`)
    t.equal(helpText().includes(variableOf(row)), !('isAction' in row), row.name)
  }
})

t.test('the authority of https', async t => {
  const given = { caDir: 'c', dataDir: 'd' }
  t.equal(authorityFolder(given, {}), 'c')
  t.equal(authorityFolder({ dataDir: 'd' }, {}), 'd', 'with the state')
  t.equal(authorityFolder({}, { XDG_DATA_HOME: '/x' }, 'linux'), join('/x', 'rockpool'), 'with the person')
  t.match(authorityFolder({}, {}, 'linux'), /\.local.share.rockpool$/)
  t.match(authorityFolder({}, {}, 'darwin'), /Library.Application Support.rockpool$/)
  t.equal(authorityFolder({}, { LOCALAPPDATA: 'L' }, 'win32'), join('L', 'rockpool'))

  const readme = await readFile('README.md', 'utf8')
  for (const { who, command } of waysToTrust) {
    t.match(caHelpText(), command, who)
    t.match(readme, `| ${who.padEnd(17)} | \`${command.replace(' | ', ' \\| ')}\``, `${who}, in the README`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'ca-'))
  t.teardown(() => rm(folder, { recursive: true }))
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
  const ready = { version: '1.2.3', baseUrl: 'http://localhost:1', pools: [master], users, isDemo: false }
  const text = banner(ready, plain)
  for (const part of [
    'Rockpool 1.2.3 is ready at http://localhost:1',
    'Sign in to one as ada, password temporary-1.',
    master.issuer,
    master.discoveryUrl,
    'http://localhost:1/one/login?client_id=web-id&response_type=code&scope=openid&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcb',
    'job-secret',
    'temporary-1  temporary: a new one is asked for',
    "oidc.discovery(new URL('http://localhost:1/us-east-1_One'), 'web-id', undefined, oidc.None()",
    "client: { token_endpoint_auth_method: 'none' }",
    "JwtVerifier.create({ issuer: 'http://localhost:1/us-east-1_One', audience: 'web-id', jwksUri })",
  ])
    t.ok(text.includes(part), part)
  t.notMatch(text, /client_id=(idp|job)-id/, 'sign-in links only where a person signs in')
  t.ok(text.indexOf('client web') < text.indexOf('client job'))
  t.notMatch(text, 'nobody')
  t.notMatch(text, '\u001b')
  t.match(banner(ready, styleFor(true, undefined)), '\u001b[1m')
  t.notMatch(banner(ready, styleFor(true, '1')), '\u001b')
  t.notMatch(banner(ready, styleFor(false, undefined)), '\u001b')
  t.match(
    banner({ ...ready, isDemo: true }, plain),
    /corporate ID[\s\S]*Sign in as ada with the password temporary-1/,
  )
  t.match(banner({ ...ready, dataDir: 'd' }, plain), 'users (as first created)')
  t.match(banner({ ...ready, pools: [], users: [] }, plain), /no pools yet/)
  const elsewhere = { ...master, issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_One' }
  t.notMatch(banner({ ...ready, pools: [elsewhere] }, plain), 'oidc.discovery')
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

/** Runs `rockpool` as a process of its own, without this one's variables. */
function rockpool(t: Test, ...args: string[]) {
  const root = new URL('..', import.meta.url).pathname
  const environment = Object.entries(process.env).filter(([name]) => !/^(ROCKPOOL_|NODE_|TAP)/.test(name))
  const child = spawn(
    process.execPath,
    ['--import', join(root, 'scripts/typescript.js'), join(root, 'src/cli/main.ts'), ...args],
    { cwd: root, env: Object.fromEntries(environment), stdio: ['ignore', 'pipe', 'pipe'] },
  )
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
  const { child, ended, firstLine } = rockpool(t, '--port', '0', '--json')
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
