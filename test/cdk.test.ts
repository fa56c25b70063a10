import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { importInfrastructure } from '../src/config/import/index.js'
import { startRockpool } from '../src/testing/fixture.js'
import { shareKeys } from './support/keys.js'

t.test(
  'an app of the AWS CDK, synthesised offline, starts; people sign in to both of its pools, and through one to the other',
  async t => {
    const assembly = `${t.testdir({})}/cdk.out`
    await promisify(execFile)(process.execPath, ['test/support/cdk-app.js', assembly], {
      env: { ...process.env, CDK_DISABLE_VERSION_CHECK: '1', HTTPS_PROXY: 'http://127.0.0.1:1' },
    })
    const { outputs, pools } = importInfrastructure([assembly])
    const [staff, customers] = pools
    t.strictSame(
      pools.map(({ seed }) => seed.PoolName),
      ['staff', 'customers'],
    )
    t.equal(
      outputs['Web.ShopId'],
      Object.values(customers?.clients ?? {})[0],
      'the client of the other stack is in the pool',
    )
    const secret = ((staff?.seed.Clients ?? []) as { ClientSecret?: string }[])[0]?.ClientSecret
    t.match(
      customers?.seed.IdentityProviders,
      [{ ProviderDetails: { client_secret: secret } }],
      'a secret that the CDK describes',
    )

    await shareKeys()
    const rockpool = await startRockpool({ keys: 'recycled', from: assembly })
    t.teardown(() => rockpool.close())
    const people = {
      username: 'ada',
      password: 'Anchor-7-Harbour',
      attributes: { email: 'ada@acme.example' },
    }
    await rockpool.createUser('staff', people)
    await rockpool.createUser('customers', { ...people, username: 'bea' })
    const { username, password } = people
    t.match(await rockpool.signIn({ pool: 'staff', client: 'intranet', username, password }), {
      idToken: /./,
    })
    t.match(await rockpool.signIn({ pool: 'customers', client: 'shop', username: 'bea', password }), {
      idToken: /./,
    })
    t.match(
      await rockpool.signIn({ pool: 'customers', client: 'shop', provider: 'Staff', username, password }),
      { idToken: /./ },
      'and through the other pool',
    )
  },
)
