import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { snapshotsInDirectory } from '../src/state/named-snapshots.js'
import { bundled } from './support/bundled.js'
import { stockKeys } from './support/key-stock.js'

/** A Rockpool with a data directory in which no file may grow beyond some KiB: to it, the disk is full from there on. */
async function onASmallDisk(t: Test, dataDir: string, kibibytes: number) {
  const keys = await stockKeys(`${dataDir}-keys`)
  t.teardown(() => rm(keys, { recursive: true }))
  const node = `"${execPath}" ${join(await bundled(), 'cli/main.cjs')} --json --port 0 --data "${dataDir}" --key-stock "${keys}"`
  // What a test run adds to Node ends with the signal that a file gives that may not grow; Node itself ignores it.
  const child = spawn('sh', ['-c', `unset NODE_OPTIONS; ulimit -f ${kibibytes * 2}; exec ${node}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.teardown(() => child.kill())
  const [line] = await once(child.stdout, 'data')
  const { baseUrl, pools } = JSON.parse(String(line)) as {
    baseUrl: string
    pools: { id: string; name: string; domainUrl: string }[]
  }
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') => {
    const answer = await fetch(`${baseUrl}${path}`, { method, body: JSON.stringify(body), headers })
    return { status: answer.status, said: (await answer.json()) as Record<string, unknown> }
  }
  const createUser = (username: string) =>
    post(
      '/',
      {
        UserPoolId: pools[0]?.id,
        Username: username,
        MessageAction: 'SUPPRESS',
        UserAttributes: [{ Name: 'address', Value: 'x'.repeat(2000) }],
      },
      {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AWSCognitoIdentityProviderService.AdminCreateUser',
        authorization:
          'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00',
      },
    )
  const users = async () => {
    const { users } = (await (await fetch(`${baseUrl}/_rockpool/users?pool=${pools[0]?.id}`)).json()) as {
      users: { username: string }[]
    }
    return users.map(({ username }) => username)
  }
  return { post, createUser, users }
}

t.test('a full disk is reported in a sentence, and loses nothing', async t => {
  const dataDir = t.testdir()
  const { post, createUser, users } = await onASmallDisk(t, dataDir, 1500)
  const made: string[] = []
  let refused: Awaited<ReturnType<typeof createUser>> | undefined
  for (let number = 0; refused === undefined && number < 3000; number++) {
    const answer = await createUser(`user${number}`)
    if (answer.status === 200) made.push(`user${number}`)
    else refused = answer
  }
  t.match(refused, {
    status: 507,
    said: {
      __type: 'InsufficientStorageException',
      message: /^There is no room left in .*, so nothing was kept/,
    },
  })
  const known = await users()
  t.strictSame(
    made.filter(name => !known.includes(name)),
    [],
    'who was made is there',
  )
  t.ok(made.length > 10)
  const snapshot = await post('/_rockpool/snapshots/full', {}, {}, 'PUT')
  if (snapshot.status !== 200) t.match(snapshot, { status: 507, said: { error: 'insufficient_storage' } })
  t.strictSame(
    (await readdir(join(dataDir, 'snapshots'))).filter(name => name !== 'full.json.gz'),
    [],
    'nothing half-written is left',
  )
})

t.test(
  'a snapshot that there is no room for leaves nothing behind, and the former one as it was',
  async t => {
    const directory = t.testdir({ snapshots: { 'kept.json': '{"format":"former"}' } })
    const snapshots = snapshotsInDirectory(directory)
    // Whoever writes here is told that the device is full.
    await symlink('/dev/full', join(directory, 'snapshots', '.kept.unfinished'))
    await t.rejects(snapshots.keep('kept', { text: () => Readable.from(['{}']) } as never), {
      name: 'StorageFull',
      statusCode: 507,
      message: /no room left in .*snapshots, so nothing was kept of this request; .* Free some space/,
    })
    t.strictSame(await readdir(join(directory, 'snapshots')), ['kept.json'])
    t.equal(await text((await snapshots.find('kept')) as Readable), '{"format":"former"}')
  },
)
