import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { bundled } from './support/bundled.js'
import { freePort } from './support/https.js'
import { stockKeys } from './support/key-stock.js'
import { often } from './support/often.js'

/** The end of the process while it is at work: nothing that was acknowledged is lost, nothing under way is cut off. */

// A dozen starts of a process take their time where cores are few.
t.setTimeout(400_000)

const signature =
  'AWS4-HMAC-SHA256 Credential=A/20261125/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'

/** `rockpool` as it is published, a process for each start. */
async function aProgram(t: Test) {
  const folder = t.testdir({ data: {} })
  const program = join(await bundled(), 'cli/main.cjs')
  const port = await freePort()
  const start = async (): Promise<ChildProcess> => {
    const environment = Object.entries(process.env).filter(([name]) => !/^(ROCKPOOL_|NODE_|TAP)/.test(name))
    const args = [program, '--port', `${port}`, '--data', join(folder, 'data'), '--json']
    args.push('--key-stock', await stockKeys(join(folder, 'keys')))
    const child = spawn(process.execPath, args, {
      env: Object.fromEntries(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    t.teardown(() => child.kill('SIGKILL'))
    let failure = ''
    child.stderr?.on('data', text => {
      failure += text
    })
    const ready = child.stdout === null ? Promise.reject() : once(child.stdout, 'data')
    const [line] = await Promise.race([ready, once(child, 'exit')])
    if (!String(line).startsWith('{')) throw new Error(`it did not start: ${failure}`)
    return child
  }
  const UserPoolId = 'us-east-1_OidcPool1'
  const call = (operation: string, input: object) =>
    fetch(`http://127.0.0.1:${port}`, {
      method: 'POST',
      headers: { 'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`, authorization: signature },
      body: JSON.stringify(input),
    })
  return {
    port,
    start,
    /** Makes a group: the cheapest of writes. */
    write: (GroupName: string): Promise<Response> => call('CreateGroup', { UserPoolId, GroupName }),
    /** The names of all groups there are. */
    async kept(): Promise<Set<string>> {
      const names: string[] = []
      let NextToken: string | undefined
      do {
        const answer = await call('ListGroups', { UserPoolId, Limit: 60, ...(NextToken && { NextToken }) })
        const page = (await answer.json()) as { Groups: { GroupName: string }[]; NextToken?: string }
        names.push(...page.Groups.map(({ GroupName }) => GroupName))
        NextToken = page.NextToken
      } while (NextToken !== undefined)
      return new Set(names)
    },
  }
}

/** Writes until the server is gone; what was acknowledged, and what was cut off on the way. */
async function writeOn(
  write: (name: string) => Promise<Response>,
  prefix: string,
  seen: { acknowledged: string[]; cut: string[] },
) {
  for (let number = 0; ; number++) {
    const name = `${prefix}-${number}`
    try {
      const answer = await write(name)
      await answer.arrayBuffer()
      if (answer.status === 200) seen.acknowledged.push(name)
      else seen.cut.push(`${name}: ${answer.status}`)
    } catch (error) {
      const { code = String(error) } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
      if (code !== 'ECONNREFUSED') seen.cut.push(`${name}: ${code}`)
      return
    }
  }
}

const kills = often(8, 20)
t.test(
  `${kills} × kill -9 during writes lose nothing that was acknowledged`,
  { timeout: 300_000 },
  async t => {
    const { start, write, kept } = await aProgram(t)
    const seen = { acknowledged: [] as string[], cut: [] as string[] }
    for (let round = 0; round < kills; round++) {
      const child = await start()
      const already = seen.acknowledged.length
      const writers = [1, 2, 3, 4].map(writer => writeOn(write, `r${round}-w${writer}`, seen))
      while (seen.acknowledged.length < already + 10 + 3 * round) await setTimeout(5)
      child.kill('SIGKILL')
      await Promise.all([...writers, once(child, 'exit')])
    }
    const child = await start()
    const names = await kept()
    t.ok(seen.acknowledged.length >= 150)
    t.strictSame(
      seen.acknowledged.filter(name => !names.has(name)),
      [],
    )
    child.kill('SIGKILL')
  },
)

const stops = often(2, 3)
t.test(
  `8: ${stops} × SIGTERM with 16 writers lose nothing, and cut off nothing that was begun`,
  { timeout: 120_000 },
  async t => {
    const { start, write, kept } = await aProgram(t)
    const seen = { acknowledged: [] as string[], cut: [] as string[] }
    for (let round = 0; round < stops; round++) {
      const child = await start()
      const already = seen.acknowledged.length
      const writers = Array.from({ length: 16 }, (_, writer) => writeOn(write, `r${round}-w${writer}`, seen))
      while (seen.acknowledged.length < already + 100) await setTimeout(5)
      child.kill('SIGTERM')
      const [[code]] = await Promise.all([once(child, 'exit'), ...writers])
      t.equal(code, 0)
    }
    const child = await start()
    const names = await kept()
    // A request may cross the end of an idle connection (RFC 9112 §9.5). None was begun, or refused, and not answered.
    t.strictSame(
      seen.cut.filter(
        line => names.has(line.split(':')[0] ?? '') || !/: (ECONNRESET|EPIPE|UND_ERR_SOCKET)$/.test(line),
      ),
      [],
    )
    t.strictSame(
      seen.acknowledged.filter(name => !names.has(name)),
      [],
    )
    child.kill('SIGKILL')
  },
)

t.test('8: a second signal ends it at once', { timeout: 60_000 }, async t => {
  const { start, port } = await aProgram(t)
  const child = await start()
  const hanging = connect(port, '127.0.0.1').on('error', () => {})
  hanging.write('POST /_rockpool/reset HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{')
  child.kill('SIGTERM')
  // It has heard the first signal once it takes no connections any more.
  while (
    await fetch(`http://127.0.0.1:${port}/_rockpool/health`).then(
      () => true,
      () => false,
    )
  );
  t.equal(child.exitCode, null, 'it waits for the request under way')
  child.kill('SIGTERM')
  const [code] = await once(child, 'exit')
  t.equal(code, 130)
})
