import { mock } from 'node:test'
import * as cognito from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import type { UserPool } from '../src/core/user-pool.js'
import { startRockpool } from '../src/index.js'
import { anSdk, refusal } from './support/api.js'
import { inProcessTriggers } from './support/in-process-triggers.js'
import { aRockpool } from './support/rockpool.js'
import { aReef, pass, poolId, refuse, seed, signUpAs } from './support/triggered-reef.js'

const reef = { id: 'us-east-1_Reef00001', name: 'reef', settings: {} } as UserPool

const call = {
  source: 'DefineAuthChallenge_Authentication',
  userName: 'marco',
  request: { userAttributes: { sub: '1' }, session: [] },
} as const

t.test('a handler for what is never called is refused at the start', async t => {
  const starting = (handlers: object) => startRockpool({ port: 0, triggers: { reef: handlers } })
  await t.rejects(starting({ DefineAuthChalenge: () => {} }), {
    message:
      /^triggers of "reef": Rockpool calls no trigger "DefineAuthChalenge". Did you mean "DefineAuthChallenge"\?/,
  })
  await t.rejects(starting({ DefineAuthChallenge: 7 }), { message: /is no function/ })
})

t.test('handlers for a pool that nobody has made are told of', async t => {
  const lines: string[] = []
  const log = (line: string) => lines.push(line)
  await aRockpool(t, { seed, log, triggers: { reff: { PreSignUp: pass }, [poolId]: { PreSignUp: pass } } })
  t.strictSame(lines, ['triggers of "reff": there is no such pool so far. Did you mean "reef"?'])
})

t.test('a function has five seconds, three times', async t => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let calls = 0
  const triggers = inProcessTriggers({
    reef: {
      DefineAuthChallenge: async event => {
        calls += 1
        if (calls < 3) await new Promise(() => {})
        event.response.issueTokens = true
        return event
      },
    },
    slow: { DefineAuthChallenge: () => new Promise(() => {}) },
  })
  const settled = async () => {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve()
  }
  const answer = triggers.call('DefineAuthChallenge', reef, call)
  for (const tick of [4999, 1, 5000]) {
    mock.timers.tick(tick)
    await settled()
  }
  t.match(await answer, { issueTokens: true })
  t.equal(calls, 3)
  const late = triggers.call('DefineAuthChallenge', { ...reef, name: 'slow' }, call)
  const refused = t.rejects(late, {
    code: 'UnexpectedLambdaException',
    told: /^DefineAuthChallenge invocation failed due to error Socket timeout/,
    explanation: { because: /3 times, and took longer than 5 seconds/ },
  })
  for (const tick of [5000, 5000, 5000]) {
    mock.timers.tick(tick)
    await settled()
  }
  await refused
})

t.test('what a function does to its event stays with it', async t => {
  const kept: { issueTokens?: boolean | null }[] = []
  const triggers = inProcessTriggers({
    [reef.id]: {
      DefineAuthChallenge: event => {
        Object.assign(event.request.userAttributes, { sub: 'changed' })
        event.response.issueTokens = true
        kept.push(event.response)
        return event
      },
    },
  })
  const response = await triggers.call('DefineAuthChallenge', reef, call)
  t.match(response, { issueTokens: true }, 'found by the id of the pool, too')
  Object.assign(kept[0] ?? {}, { issueTokens: false })
  t.match(response, { issueTokens: true })
  t.equal(call.request.userAttributes.sub, '1')
})

t.test('U109 a trigger that throws', async t => {
  const { signUp, userOf } = await aReef(t, { PreSignUp: refuse('nope') })
  t.strictSame(await refusal(signUp('nemo')), [
    'UserLambdaValidationException',
    'PreSignUp failed with error nope.',
  ])
  t.match(await refusal(userOf('nemo')), ['UserNotFoundException'])
  const rude = await aReef(t, { PreSignUp: () => Promise.reject('Go away!') })
  t.match(await refusal(rude.signUp('nemo')), [/./, 'PreSignUp failed with error Go away!.'])
})

t.test('U110 a function that cannot be called', async t => {
  const { sdk, admin, signUp } = await aReef(t)
  const PreSignUp = 'arn:aws:lambda:us-east-1:000000000000:function:f'
  await sdk.send(new cognito.UpdateUserPoolCommand({ ...admin, LambdaConfig: { PreSignUp } }))
  t.strictSame(await refusal(signUp('nemo')), [
    'UnexpectedLambdaException',
    'PreSignUp invocation failed due to error AccessDeniedException.',
  ])
  await sdk.send(new cognito.UpdateUserPoolCommand({ ...admin, LambdaConfig: {} }))
  t.match(await signUp('nemo'), { UserConfirmed: false })
})

t.test('functions that LambdaConfig names: by name, with an alias, by ARN', async t => {
  const saying = (word: string) => `./fixtures/triggers/${word}.mjs`
  const { UserPools } = seed
  const Functions = {
    welcome: saying('missing'),
    'welcome:live': './fixtures/triggers/sign-up.mjs#handler',
    [arnOf('exact')]: './fixtures/triggers/sign-up.mjs',
    given: saying('missing'),
  }
  const lines: string[] = []
  const rockpool = await aRockpool(t, {
    seed: { UserPools, Functions },
    functions: { given: refuse('of the program') },
    log: line => lines.push(line),
  })
  t.match(lines, [/^The function "welcome" is not there: .*missing\.mjs/, /^The function "given" is not/])
  const sdk = anSdk(t, rockpool)
  const answered = async (PreSignUp: string) => {
    const settings = { UserPoolId: poolId, LambdaConfig: { PreSignUp } }
    await sdk.send(new cognito.UpdateUserPoolCommand(settings))
    return refusal(signUpAs(sdk)('bruce', 'bruce@shark.example'))
  }
  const only = ['UserLambdaValidationException', 'PreSignUp failed with error Only reef.example may sign up.']
  t.strictSame(await answered(arnOf('welcome:live')), only)
  t.match(
    await answered(arnOf('welcome:test')),
    [/./, /Cannot find module/],
    'another alias has the name alone',
  )
  t.strictSame(await answered(arnOf('exact')), only)
  t.match(await answered(arnOf('given')), [/./, 'PreSignUp failed with error of the program.'])
  t.match(await answered(arnOf('other')), ['UnexpectedLambdaException', /AccessDeniedException/])
})

const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`

t.test('U111 T3 an answer that is no event', async t => {
  const answers = [{}, null, 'event', [], { response: null }, { response: { autoConfirmUser: 'yes' } }]
  const isObject = (answer: unknown) =>
    typeof answer === 'object' && answer !== null && !Array.isArray(answer)
  const wordsFor = (answer: unknown) =>
    isObject(answer) ? 'Unrecognizable lambda output' : 'Invalid lambda function output : Invalid JSON'
  for (const answer of answers) {
    const { signUp } = await aReef(t, { PreSignUp: () => answer as never })
    t.strictSame(
      await refusal(signUp('nemo')),
      ['InvalidLambdaResponseException', wordsFor(answer)],
      JSON.stringify(answer),
    )
  }
})
