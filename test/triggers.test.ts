import { mock } from 'node:test'
import t from 'tap'
import type { UserPool } from '../src/core/user-pool.js'
import { startRockpool } from '../src/index.js'
import { inProcessTriggers } from '../src/triggers/in-process.js'

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
  await t.rejects(starting({ CustomEmailSender: () => {} }), {
    message: /calls no trigger "CustomEmailSender"/,
  })
  await t.rejects(starting({ DefineAuthChallenge: 'arn:aws:…' }), { message: /is no function/ })
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
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
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
