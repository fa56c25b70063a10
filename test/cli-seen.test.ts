import t from 'tap'
import { parseInvocation } from '../src/cli/options.js'
import { printFlights, printInbox } from '../src/cli/seen.js'
import type { StartOptions } from '../src/cli/start-options.js'
import { plain } from '../src/cli/style.js'
import { somethingHappened } from './support/console-scene.js'
import { aRockpool } from './support/rockpool.js'

const optionsOf = (...args: string[]): StartOptions => {
  const invocation = parseInvocation(args, {})
  if (!('options' in invocation)) throw new Error('no options')
  return invocation.options
}

/** An output that is remembered. */
function remembered() {
  const said: string[] = []
  const aside: string[] = []
  const output = {
    out: (text: string) => void said.push(text),
    err: (text: string) => void aside.push(text),
    style: plain,
  }
  return { said, aside, output }
}

t.test('rockpool flights and rockpool inbox list what the one that runs has seen', async t => {
  const rockpool = await aRockpool(t)
  await somethingHappened(rockpool)
  const at = ['--base-url', rockpool.baseUrl]
  const flights = async (...args: string[]) => {
    const { said, output } = remembered()
    await printFlights(optionsOf('flights', ...at, ...args), output)
    return said.join('')
  }
  const inbox = async (...args: string[]) => {
    const { said, output } = remembered()
    await printInbox(optionsOf('inbox', ...at, ...args), output)
    return said.join('')
  }

  t.test('flights, by pool, user and refusals', async t => {
    const all = await flights()
    t.match(
      all,
      /Sign-in at oidc-pool-1 through oidc-pool-2 for web-app as marco: tokens were issued\.\n +\/_rockpool\/flights\/\w+\n/,
    )
    t.match(all, 'refused: redirect_mismatch')
    t.notMatch(await flights('--refused'), 'as marco')
    t.notMatch(await flights('--pool', 'oidc-pool-2', '--user', 'marco'), 'redirect_mismatch')
    t.match(await flights('--user', 'ARC'), 'as marco', 'a part of the name, as in the control API')
    t.equal(await flights('--user', 'nobody'), '')
    const lines = (await flights('--json')).trim().split('\n')
    t.equal(lines.length, rockpool.operations.flights({ limit: 100 }).length)
    t.match(JSON.parse(lines[0] ?? ''), { id: /^\w+$/ })
  })

  t.test('messages with their codes', async t => {
    const [mail] = await rockpool.operations.messages({ username: 'marco' })
    const all = await inbox()
    t.match(all, 'mail to marco@example.com: Your verification code')
    t.match(all, mail?.secret ?? '-')
    t.match(all, 'text message to +14155550100')
    t.notMatch(await inbox('--user', 'ada'), 'marco')
    t.equal(await inbox('--pool', 'oidc-pool-1'), '')
  })

  t.test('where there is nothing, people are told so, and programs read nothing', async t => {
    const { said, aside, output } = remembered()
    await printInbox(optionsOf('inbox', ...at, '--user', 'nobody'), output)
    t.match(aside, [/^No message suits\. Sign-ups/])
    await printFlights(optionsOf('flights', ...at, '--user', 'nobody', '--json'), output)
    t.strictSame([said, aside.length], [[], 1])
  })

  t.test('what is not there is an error that says what is', async t => {
    await t.rejects(inbox('--pool', 'oidc-pool-3'), {
      name: 'NoAnswerError',
      message: 'There is no pool "oidc-pool-3". There are: oidc-pool-1, oidc-pool-2.',
    })
    const { output } = remembered()
    await t.rejects(printFlights(optionsOf('flights', '--port', '9'), output), { name: 'NoAnswerError' })
  })
})

t.test('--follow goes on, and prints each once', async t => {
  const rockpool = await aRockpool(t)
  const { said, output } = remembered()
  const end = new AbortController()
  let told = () => {}
  const heard = new Promise<void>(resolve => {
    told = resolve
  })
  const following = printInbox(
    optionsOf('inbox', '--follow', '--base-url', rockpool.baseUrl),
    {
      ...output,
      out(text) {
        output.out(text)
        if (text.includes('marco')) told()
      },
    },
    end.signal,
  )
  await somethingHappened(rockpool)
  await heard
  end.abort()
  await following
  t.equal(said.filter(text => text.includes('marco@example.com')).length, 1)
})
