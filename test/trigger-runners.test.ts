import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t, { type Test } from 'tap'
import type { TriggerEvent } from '../src/index.js'
import { refusal } from './support/api.js'
import { aFolder, aPool } from './support/trigger-files.js'
import { poolId } from './support/triggered-reef.js'

const confirming = 'event.response.autoConfirmUser = true;'

interface Case {
  readonly what: string
  /** Of a function that has `event`. Without one, the handler that is named is not there. */
  readonly body?: string
  readonly refused?: readonly [string, RegExp | string]
}

/** What a function may do, and what comes of it. */
const contract: readonly Case[] = [
  { what: 'returns the event', body: `${confirming} return event` },
  {
    what: 'T2 throws',
    body: "throw new Error('nope')",
    refused: ['UserLambdaValidationException', 'PreSignUp failed with error nope.'],
  },
  {
    what: 'T3 returns nothing',
    body: 'return null',
    refused: ['InvalidLambdaResponseException', 'Invalid lambda function output : Invalid JSON'],
  },
  {
    what: 'T3 returns an object of another form',
    body: 'return { ...event, response: [] }',
    refused: ['InvalidLambdaResponseException', 'Unrecognizable lambda output'],
  },
  {
    what: 'T3 returns what is no object',
    body: "return 'Ahoy'",
    refused: ['InvalidLambdaResponseException', 'Invalid lambda function output : Invalid JSON'],
  },
  {
    what: 'ends its process',
    body: 'process.exit(3)',
    refused: [
      'UserLambdaValidationException',
      /^PreSignUp failed with error RequestId: [\w-]+ Error: Runtime exited with error: exit status 3\.$/,
    ],
  },
  {
    what: 'is not exported',
    refused: [
      'UserLambdaValidationException',
      'PreSignUp failed with error f.handler is undefined or not exported.',
    ],
  },
  {
    what: 'T4 never answers',
    body: 'return new Promise(() => {})',
    refused: [
      'UnexpectedLambdaException',
      'PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.',
    ],
  },
]

/** A function of a server of ours, which must not end our process. */
class Exited extends Error {}
const process = {
  exit(status: number) {
    throw new Exited(`RequestId: 1-2 Error: Runtime exited with error: exit status ${status}`)
  },
}
const notExported = "throw new Error('f.handler is undefined or not exported')"

/** Serves a function as a Runtime Interface Emulator does (no header tells of errors), or as Lambda's Invoke does. */
async function aServer(t: Test, body: string | undefined, path: RegExp, header?: string) {
  const run = new Function('event', 'process', body ?? notExported)
  const handler = (event: TriggerEvent): unknown => run(event, process)
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    if (!path.test(decodeURIComponent(request.url ?? ''))) {
      response.writeHead(404, { 'x-amzn-errortype': 'ResourceNotFoundException' }).end('{}')
      return
    }
    try {
      const value = await handler(JSON.parse(Buffer.concat(chunks).toString()))
      response.end(JSON.stringify(value))
    } catch (error) {
      if (header !== undefined) response.setHeader(header, 'Unhandled')
      else if (error instanceof Exited) response.statusCode = 502
      response.end(JSON.stringify({ errorType: 'Error', errorMessage: (error as Error).message }))
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const arn = 'arn:aws:lambda:eu-west-1:000000000000:function:mail'
const runners: Record<string, (t: Test, body: string | undefined) => ReturnType<typeof aPool>> = {
  'a module file': async (t, body) => {
    const name = body === undefined ? 'other' : 'handler'
    const folder = aFolder({ 'f.mjs': `export const ${name} = async event => { ${body} }` })
    return aPool(t, { PreSignUp: { Function: `${folder}/f.mjs#handler`, Timeout: 1 } })
  },
  'a Runtime Interface Emulator': async (t, body) => {
    const url = await aServer(t, body, /^\/2015-03-31\/functions\/function\/invocations$/)
    return aPool(t, { PreSignUp: { Function: url, Timeout: 1 } })
  },
  'a Lambda endpoint': async (t, body) => {
    const lambdaEndpoint = await aServer(
      t,
      body,
      new RegExp(`functions/${arn}/invocations$`),
      'x-amz-function-error',
    )
    return aPool(t, { PreSignUp: { Function: arn, Timeout: 1 } }, { lambdaEndpoint })
  },
}

for (const [runner, poolOf] of Object.entries(runners)) {
  for (const { what, body, refused } of contract) {
    t.test(`${runner}: a function that ${what}`, async t => {
      const { rockpool, signUp } = await poolOf(t, body)
      if (refused === undefined) t.match(await signUp('nemo'), { UserConfirmed: true })
      else t.match(await refusal(signUp('nemo')), refused, what)
      t.equal((await fetch(`${rockpool.baseUrl}/_rockpool/health`)).status, 200, 'Rockpool goes on')
    })
  }
}

for (const runner of ['a Runtime Interface Emulator', 'a Lambda endpoint'])
  t.test(`${runner} that nobody has started`, async t => {
    const url = 'http://127.0.0.1:9'
    const { signUp } = await (runner === 'a Lambda endpoint'
      ? aPool(t, { PreSignUp: arn }, { lambdaEndpoint: url })
      : aPool(t, { PreSignUp: url }))
    t.strictSame(await refusal(signUp('nemo')), [
      'UnexpectedLambdaException',
      'PreSignUp invocation failed due to error ResourceNotFoundException.',
    ])
  })

t.test('T11 an error of the Runtime Interface Emulator, which no header tells of', async t => {
  const failing = `return { errorType: 'E', errorMessage: 'no' }`
  const url = await aServer(t, failing, /./)
  const { signUp } = await aPool(t, { PreSignUp: url })
  t.strictSame(await refusal(signUp('nemo')), [
    'UserLambdaValidationException',
    'PreSignUp failed with error no.',
  ])
})

t.test('T1 Lambda’s notation of a handler, relative to where Rockpool was started', async t => {
  const { signUp } = await aPool(t, { PreSignUp: './fixtures/triggers/sign-up.handler' })
  t.match(await signUp('nemo', 'nemo@reef.example'), { UserConfirmed: true })
  t.strictSame(await refusal(signUp('bruce', 'bruce@shark.example')), [
    'UserLambdaValidationException',
    'PreSignUp failed with error Only reef.example may sign up.',
  ])
})

t.test('T5 a file that loops for ever is stopped, and others are answered meanwhile', async t => {
  const folder = aFolder({ 'f.mjs': 'export const handler = () => { console.log("round"); for (;;); }' })
  const { rockpool, signUp } = await aPool(t, {
    PreSignUp: { Function: `${folder}/f.mjs`, Timeout: 1, Attempts: 1 },
  })
  let over = false
  const refused = refusal(signUp('nemo')).finally(() => {
    over = true
  })
  t.equal((await fetch(`${rockpool.baseUrl}/${poolId}/.well-known/jwks.json`)).status, 200)
  t.notOk(over)
  t.match(await refused, ['UnexpectedLambdaException', /Socket timeout/])
  const { flights } = rockpool.operations
  t.match(JSON.stringify(flights().map(({ id }) => rockpool.operations.flight(id))), /"console":\["round"\]/)
})

t.test('T6 an ARN that nothing serves', async t => {
  const { signUp } = await aPool(t, { PreSignUp: arn })
  t.strictSame(await refusal(signUp('nemo')), [
    'UnexpectedLambdaException',
    'PreSignUp invocation failed due to error AccessDeniedException.',
  ])
})

t.test('T7 callbacks and context.done', async t => {
  const styles: Record<string, string> = {
    callback:
      '(event, context, callback) => { event.response.autoConfirmUser = true; setTimeout(callback, 5, null, event) }',
    done: '(event, context) => { event.response.autoConfirmUser = true; context.done(null, event) }',
  }
  for (const [style, code] of Object.entries(styles)) {
    const folder = aFolder({ 'f.cjs': `exports.handler = ${code}` })
    const { signUp } = await aPool(t, { PreSignUp: `${folder}/f.cjs#handler` })
    t.match(await signUp('nemo'), { UserConfirmed: true }, style)
  }
  const folder = aFolder({ 'f.js': "exports.handler = (event, context, callback) => { callback('no') }" })
  const { signUp } = await aPool(t, { PreSignUp: `${folder}/f.handler` })
  t.match(await refusal(signUp('nemo')), ['UserLambdaValidationException', 'PreSignUp failed with error no.'])
})

t.test('T8 a change of the file, or of one that it imports, counts at the next call', async t => {
  const folder = aFolder({
    'f.mjs': "import { word } from './word.mjs'\nexport const handler = () => { throw new Error(word) }",
    'word.mjs': "export const word = 'one'",
  })
  const { signUp } = await aPool(t, { PreSignUp: `${folder}/f.mjs#handler` })
  t.match(await refusal(signUp('nemo')), [/./, /error one\.$/])
  writeFileSync(join(folder, 'word.mjs'), "export const word = 'another'")
  t.match(await refusal(signUp('nemo')), [/./, /error another\.$/])
})

t.test('T9 a function calls back with a client of the SDK that it gives no address', async t => {
  const sdkUrl = pathToFileURL(
    createRequire(import.meta.url).resolve('@aws-sdk/client-cognito-identity-provider'),
  ).href
  const folder = aFolder({
    'f.mjs': `
      import * as cognito from '${sdkUrl}'
      const sdk = new cognito.CognitoIdentityProviderClient({})
      export const handler = async event => {
        const { userPoolId: UserPoolId } = event
        const UserAttributes = [{ Name: 'nickname', Value: event.userName }]
        await sdk.send(new cognito.AdminUpdateUserAttributesCommand({ UserPoolId, Username: 'marco', UserAttributes }))
        return event
      }`,
  })
  const { sdk, signUp } = await aPool(t, { PreSignUp: { Function: `${folder}/f.mjs#handler`, Timeout: 60 } })
  await signUp('nemo')
  const { AdminGetUserCommand } = await import('@aws-sdk/client-cognito-identity-provider')
  const { UserAttributes = [] } = await sdk.send(
    new AdminGetUserCommand({ UserPoolId: poolId, Username: 'marco' }),
  )
  t.equal(UserAttributes.find(({ Name }) => Name === 'nickname')?.Value, 'nemo')
})

t.test('T10 a function that exits, once', async t => {
  const folder = aFolder({
    'f.mjs': `export const handler = event => { if (event.userName === 'nemo') process.exit(3); ${confirming} return event }`,
  })
  const { signUp } = await aPool(t, { PreSignUp: `${folder}/f.mjs#handler` })
  t.match(await refusal(signUp('nemo')), ['UserLambdaValidationException', /exit status 3/])
  t.match(await signUp('dory'), { UserConfirmed: true })
})

t.test('T12 what a Lambda endpoint answers instead of an event', async t => {
  const lambdaEndpoint = await aServer(t, 'return event', /^nowhere$/)
  const { signUp } = await aPool(t, { PreSignUp: arn }, { lambdaEndpoint })
  t.match(await refusal(signUp('nemo')), [
    'UnexpectedLambdaException',
    'PreSignUp invocation failed due to error ResourceNotFoundException.',
  ])
})

t.test('a file that is not there', async t => {
  const folder = aFolder({})
  const { signUp } = await aPool(t, { PreSignUp: `${folder}/none.mjs#handler` })
  t.match(await refusal(signUp('nemo')), ['UserLambdaValidationException', /Cannot find module/])
})

t.test('a reset ends what a function of a file remembers', async t => {
  const folder = aFolder({
    'f.mjs': 'let calls = 0; export const handler = () => { calls += 1; throw new Error(String(calls)) }',
  })
  const { rockpool, signUp } = await aPool(t, { PreSignUp: `${folder}/f.mjs` })
  const words = async () => (await refusal(signUp('nemo')))[1]
  t.equal(await words(), 'PreSignUp failed with error 1.')
  t.equal(await words(), 'PreSignUp failed with error 2.', 'the thread is kept')
  await rockpool.operations.state.reset()
  t.equal(await words(), 'PreSignUp failed with error 1.')
})

t.test('the threads of a rush are kept for the next one', async t => {
  const atOnce = 6
  // Each call ends when all of its rush have begun, so each has a thread of its own.
  const folder = aFolder({
    starts: '',
    calls: '',
    'f.mjs': `
      import { appendFileSync, statSync } from 'node:fs'
      appendFileSync(new URL('starts', import.meta.url), '.')
      const calls = new URL('calls', import.meta.url)
      export const handler = async event => {
        appendFileSync(calls, '.')
        while (statSync(calls).size % ${atOnce} !== 0) await new Promise(done => setTimeout(done, 5))
        return event
      }`,
  })
  const { signUp } = await aPool(t, { PreSignUp: { Function: `${folder}/f.mjs#handler`, Timeout: 120 } })
  for (const rush of ['one', 'two', 'three'])
    await Promise.all(Array.from({ length: atOnce }, (_, at) => signUp(`${rush}${at}`)))
  t.equal(readFileSync(join(folder, 'calls'), 'utf8').length, 3 * atOnce)
  t.equal(readFileSync(join(folder, 'starts'), 'utf8').length, atOnce)
})
