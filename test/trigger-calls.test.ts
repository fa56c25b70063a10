import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { plain } from '../src/cli/style.js'
import { printTriggerCall } from '../src/cli/trigger.js'
import type { TriggerReport } from '../src/core/ports/triggers.js'
import { triggerSources } from '../src/flows/sample-call.js'
import type { TriggerEvent, TriggerHandlers } from '../src/index.js'
import { anSdk } from './support/api.js'
import { aClock, aRockpool } from './support/rockpool.js'
import { pass, refuse, seed, watched } from './support/triggered-reef.js'

/** Calls of triggers by people who write the functions: the control API, and `rockpool trigger`. */

async function aReef(t: Test, given: TriggerHandlers, more: object = {}) {
  const { events, handlers } = watched(given)
  const [reef] = seed.UserPools
  const rockpool = await aRockpool(t, {
    seed: { UserPools: [{ ...reef, ...more }] },
    clock: aClock(),
    triggers: { reef: handlers },
  })
  const ask = async (trigger: string, body: object = {}) => {
    const url = `${rockpool.baseUrl}/_rockpool/triggers/${trigger}`
    const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
    return { status: answer.status, body: (await answer.json()) as TriggerReport & { message: string } }
  }
  return { rockpool, events, ask }
}

const everyTrigger = Object.keys(triggerSources) as (keyof typeof triggerSources)[]
const passing: TriggerHandlers = Object.fromEntries(everyTrigger.map(name => [name, pass]))

t.test('a sample event is one as it comes', async t => {
  const { rockpool, events, ask } = await aReef(t, { PreSignUp: pass, PreAuthentication: pass })
  const sdk = anSdk(t, rockpool)
  const initiate = new cognito.InitiateAuthCommand({
    ClientId: 'app0id',
    AuthFlow: 'USER_PASSWORD_AUTH',
    AuthParameters: { USERNAME: 'marco', PASSWORD: 'Anemone-4-Marco!' },
  })
  await sdk.send(initiate)
  t.match(await ask('PreAuthentication', { pool: 'reef', user: 'marco' }), { status: 200 })
  t.strictSame(events[1], events[0], 'of a user')
  events.length = 0
  const signUp = { ClientId: 'app0id', Username: 'nemo', Password: 'Anemone-4-Marco!' }
  const UserAttributes = [{ Name: 'email', Value: 'sample@example.com' }]
  await sdk.send(new cognito.SignUpCommand({ ...signUp, UserAttributes }))
  await ask('PreSignUp', { user: 'nora' })
  t.strictSame(events[1], { ...events[0], userName: 'nora' }, 'of one who signs up')
})

t.test('every trigger and source has a sample', async t => {
  const { events, ask } = await aReef(t, passing)
  for (const [trigger, sources] of Object.entries(triggerSources)) {
    for (const source of sources) {
      const { body } = await ask(trigger, { source })
      t.match(body, { trigger, source, attempts: 1, event: { triggerSource: source } }, source)
      t.notOk(body.failure, source)
    }
  }
  const sender = events.find(({ triggerSource }) => triggerSource === 'CustomEmailSender_SignUp')
  t.match(sender?.request, { code: /^AYAD/ })
})

t.test('nothing comes of the answer, and all of it is told', async t => {
  const { rockpool, ask } = await aReef(t, {
    PreSignUp: event => {
      event.response.autoConfirmUser = true
      return Object.assign(event, { response: { ...event.response, other: 1 } })
    },
    CustomMessage: refuse('no words'),
    CreateAuthChallenge: () => 'Ahoy' as never,
  })
  t.match((await ask('PreSignUp', { user: 'nemo' })).body, {
    function: 'a function of this process',
    answer: { autoConfirmUser: true, autoVerifyEmail: false },
    changed: { autoConfirmUser: true },
    ignored: ['other'],
    console: [],
  })
  t.equal((await rockpool.operations.exportUsers('reef')).length, 1, 'nobody has signed up')
  const refused = await ask('CustomMessage')
  t.match(refused, { status: 200, body: { failure: 'CustomMessage failed with error no words.' } })
  t.match((await ask('CreateAuthChallenge')).body.failure, 'Invalid lambda function output : Invalid JSON')
})

t.test('an event that is given, or some members of one', async t => {
  const { events, ask } = await aReef(t, { PreTokenGeneration: pass })
  const request = { clientMetadata: { from: 'the app' }, scopes: ['api/read'] }
  await ask('PreTokenGeneration', { user: 'marco', event: { userName: 'polo', request } })
  t.match(events[0], {
    userName: 'polo',
    request: { userAttributes: { email: 'marco@reef.example' }, ...request },
  })
  const whole = { ...events[0], request: { ...events[0]?.request, userAttributes: { sub: '1' } } }
  await ask('PreTokenGeneration', { event: whole })
  t.strictSame(events[1], whole as TriggerEvent)
})

t.test('what cannot be called, and why', async t => {
  const PreSignUp = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  const { ask } = await aReef(t, { CustomMessage: pass }, { LambdaConfig: { PreSignUp } })
  const message = async (trigger: string, body?: object) => {
    const { status, body: answer } = await ask(trigger, body)
    return [status, answer.message]
  }
  t.match(await message('PreSignup'), [404, /There is no trigger "PreSignup"\. Did you mean "PreSignUp"\?/])
  t.match(await message('UserMigration'), [
    404,
    'reef has no trigger UserMigration. It has: CustomMessage, PreSignUp. Name a function in the seed: Triggers: { UserMigration: ./file.mjs#handler }.',
  ])
  t.match(await message('PreSignUp'), [400, /names the function f for PreSignUp, and nothing serves it/])
  t.match(await message('CustomMessage', { source: 'CustomMessage_SignIn' }), [
    404,
    /There is no source of CustomMessage "CustomMessage_SignIn"\. Did you mean/,
  ])
  t.match(await message('CustomMessage', { user: 'nobody' }), [404, 'reef has no user "nobody".'])
  t.match(await message('CustomMessage', { pool: 'reff' }), [404, /Did you mean "reef"\?/])
  t.match(await message('CustomMessage', { event: [] }), [400, '"event" has to be an object.'])
  t.match(await message('CustomMessage', { event: { request: 1 } }), [400, /The event has to be an object/])
})

t.test('a function that has the state reset does not wait for its own call', async t => {
  let reset = async () => {}
  const { rockpool, ask } = await aReef(t, {
    PostConfirmation: async event => {
      await reset()
      return event
    },
  })
  reset = () => rockpool.operations.state.reset()
  t.match((await ask('PostConfirmation')).body, { source: 'PostConfirmation_ConfirmSignUp', answer: {} })
})

t.test('rockpool trigger', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'trigger-'))
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }
  const code = `export const handler = async event => {
    console.log('asked for', event.userName)
    if (event.userName === 'bruce') throw new Error('no sharks')
    event.response.autoConfirmUser = true
    return event
  }`
  const PreSignUp = file('f.mjs', code)
  const { rockpool } = await aReef(t, {}, { Triggers: { PreSignUp } })
  const run = async (...args: string[]) => {
    const invocation = parseInvocation(['trigger', ...args, '--base-url', rockpool.baseUrl], {})
    if (!('options' in invocation)) throw new Error('no options')
    const said: string[] = []
    const output = { out: (text: string) => void said.push(text), err: () => {}, style: plain }
    return { status: await printTriggerCall(invocation.options, output), said: said.join('') }
  }
  const done = await run('PreSignUp', '--pool', 'reef', '--user', 'nemo')
  t.equal(done.status, 0)
  t.match(done.said, /^PreSignUp_SignUp .*f\.mjs#handler, \d+ ms\n/)
  for (const line of ['    "userName": "nemo",', '  asked for nemo', 'The function changed autoConfirmUser.'])
    t.ok(done.said.includes(`\n${line}\n`), line)
  const refused = await run('PreSignUp', '--event', file('event.json', '{ "userName": "bruce" }'))
  t.equal(refused.status, 1)
  t.match(refused.said, /a client is told\n {2}PreSignUp failed with error no sharks\.\n/)
  const json = JSON.parse((await run('PreSignUp', '--source', 'PreSignUp_AdminCreateUser', '--json')).said)
  t.match(json, { source: 'PreSignUp_AdminCreateUser', console: ['asked for sample'] })
  t.match(json.event.callerContext, { clientId: 'CLIENT_ID_NOT_APPLICABLE' })
  await t.rejects(run('PreSignup'), { name: 'NoAnswerError', message: /Did you mean "PreSignUp"/ })
  await t.rejects(run(), { name: 'NoAnswerError', message: /^Say which trigger/ })
  await t.rejects(run('PreSignUp', '--event', join(folder, 'none.json')), { message: /cannot be read/ })
  t.throws(() => parseInvocation(['trigger', 'PreSignUp', 'now'], {}), { message: /one word too many/ })
})
