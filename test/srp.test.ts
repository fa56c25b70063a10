import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import t from 'tap'
import { passwordVerifier, srpVerifier } from '../src/core/password.js'
import { serverKeys, sharedKey } from '../src/core/srp.js'
import type { UserPool } from '../src/core/user-pool.js'
import { numbersOfIdentityJs, powersInNativeCode } from './support/native-power.js'

/**
 * The server's half of SRP against the client's half as AWS's own libraries compute it. Both sides hash numbers as bytes, and
 * must agree on the zeros before them: a random number begins with a zero byte once in 256 times.
 */

/** Indices into the sequence of numbers below, and what is special there. */
const cases = [
  [0, 'no number begins with a zero'],
  [28, 'the salt begins with a zero byte'],
  [461, 'the salt begins with a zero byte, and the top bit of its next byte is set'],
  [38, 'B begins with a zero byte'],
  [54, 'A begins with a zero byte'],
  [147, 'the verifier begins with a zero byte'],
  [203, 'u begins with a zero byte'],
  [233, 'a begins with a zero byte'],
  [550, 'b begins with a zero byte'],
  [267, 'S begins with a zero byte'],
  [301, 'x begins with a zero byte'],
] as const

const require = createRequire(import.meta.url)
const pool = { id: 'us-east-1_Plain' } as UserPool
const chosen = (name: string, index: number, length: number): Buffer =>
  createHash('sha256').update(`${name} ${index}`).digest().subarray(0, length)

const numbersOf = (index: number) => ({
  password: `Pw-1!${chosen('password', index, 6).toString('base64')}`,
  salt: chosen('salt', index, 16),
  a: chosen('a', index, 32).toString('hex'),
  b: chosen('b', index, 32),
})

t.test(
  'the key is the one of amazon-cognito-identity-js and of Amplify, whatever begins with a zero',
  async t => {
    for (const [index, special] of cases) {
      // The first is their own arithmetic. The others are about zeros, which are no matter of it.
      if (index !== cases[0][0])
        for (const Big of [numbersOfIdentityJs(), numbersOfAmplify()]) powersInNativeCode(Big)
      const { password, salt, a, b } = numbersOf(index)
      const verifier = srpVerifier(passwordVerifier(pool, 'marco', password, salt))
      const keys = serverKeys(verifier, b)
      const client = { password, a, B: keys.public, salt: salt.toString('hex') }
      const { A, key } = await identityJs(client)
      t.equal(sharedKey(A, keys, verifier).toString('hex'), key, special)
      t.equal(await amplify({ ...client, A }), key, `Amplify: ${special}`)
    }
  },
)

t.test('a salt that begins with a zero byte gives the verifier that clients compute', async t => {
  // x = SHA-256(0x7f… | SHA-256("Plainmarco:Anemone-4-Marco!")): fifteen bytes of salt are hashed, not sixteen.
  const salt = Buffer.from('007f0102030405060708090a0b0c0d0e', 'hex')
  const kept = passwordVerifier(pool, 'marco', 'Anemone-4-Marco!', salt)
  t.match(kept, { x: 'ed8e400b28dd72aaea71e4642bc74222c0b408b8591314381a8c0d9aa8c6faed' })
})

interface Client {
  readonly password: string
  /** Hexadecimal, as all numbers are. */
  readonly a: string
  readonly B: string
  readonly salt: string
}

/** The arithmetic of amazon-cognito-identity-js, given the private number that it would draw. */
async function identityJs({ password, a, B, salt }: Client): Promise<{ A: string; key: string }> {
  const lib = dirname(require.resolve('amazon-cognito-identity-js'))
  const { default: Helper } = require(join(lib, 'AuthenticationHelper.js'))
  const Big = numbersOfIdentityJs()
  const helper = new Helper('Plain')
  helper.smallAValue = new Big(a, 16)
  // It has computed A of another one.
  helper.largeAValue = undefined
  const A = await called<{ toString(radix: number): string }>(done => helper.getLargeAValue(done))
  const key = await called<Uint8Array>(done =>
    helper.getPasswordAuthenticationKey('marco', password, new Big(B, 16), new Big(salt, 16), done),
  )
  return { A: A.toString(16), key: Buffer.from(key).toString('hex') }
}

const srpOfAmplify = join(
  dirname(createRequire(require.resolve('aws-amplify')).resolve('@aws-amplify/auth')),
  'providers/cognito/utils/srp',
)
const numbersOfAmplify = () => require(join(srpOfAmplify, 'BigInteger')).BigInteger

/** The arithmetic of Amplify. */
async function amplify({ password, a, A, B, salt }: Client & { readonly A: string }): Promise<string> {
  const { default: Helper } = require(join(srpOfAmplify, 'AuthenticationHelper', 'AuthenticationHelper.js'))
  const Big = numbersOfAmplify()
  const { INIT_N } = require(join(srpOfAmplify, 'constants.js'))
  const big = (hex: string) => new Big(hex, 16)
  const helper = new Helper({ userPoolName: 'Plain', a: big(a), A: big(A), g: big('2'), N: big(INIT_N) })
  const input = { username: 'marco', password, serverBValue: big(B), salt: big(salt) }
  return Buffer.from(await helper.getPasswordAuthenticationKey(input)).toString('hex')
}

/** What a function of the old kind calls back with. */
function called<T>(call: (done: (error: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((error, value) => (error ? reject(error) : resolve(value))))
}
