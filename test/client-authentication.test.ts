import {
  AddUserPoolClientSecretCommand,
  DeleteUserPoolClientSecretCommand,
  ListUserPoolClientSecretsCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import t from 'tap'
import type { AppClient } from '../src/core/app-client.js'
import { clients } from '../src/core/collections.js'
import { put } from '../src/core/ports/store.js'
import type { UserPool } from '../src/core/user-pool.js'
import type { Service } from '../src/flows/service.js'
import { authenticatedClient } from '../src/oauth/client-authentication.js'
import { memoryStore } from '../src/store/memory.js'
import { anSdk } from './support/api.js'
import { aPool, basic, isRefused, machine, seed } from './support/oauth-client.js'
import { aClock, aRockpool, poolAndClient, postForm } from './support/rockpool.js'

t.test('authenticating the client', async t => {
  const { token, code, exchangeForm, at } = await aPool(t)
  const { id, secret = '' } = at('secret').client
  const form = () => code('secret').then(code => exchangeForm('secret', code))

  t.equal((await token({ ...(await form()), client_secret: secret })).status, 200, 'in the body')
  t.equal((await token(await form(), basic(id, secret))).status, 200, 'in a Basic header')
  const { client_id, ...anonymous } = await form()
  t.equal((await token(anonymous, basic(id, secret))).status, 200, 'in a Basic header alone')
  const refused = { error: 'invalid_client', error_description: 'invalid_client_secret' }
  await t.test('O23 a secret that is missing or wrong, which does not burn the code', async t => {
    const kept = await form()
    await isRefused(t, await token(kept), 400, refused, 'none')
    await isRefused(t, await token({ ...kept, client_secret: 'wrong' }), 400, refused, 'in the body')
    await isRefused(t, await token(kept, basic(id, 'wrong')), 400, refused, 'in the header')
    await isRefused(t, await token(kept, basic(id, '')), 400, refused, 'an empty one')
    t.equal((await token({ ...kept, client_secret: secret })).status, 200)
  })
  await t.test('O24 a public client needs none', async t => {
    const open = exchangeForm('public', await code('public'))
    await isRefused(t, await token({ ...open, client_secret: 'any' }), 400, refused, 'nor has it one')
    t.equal((await token(open)).status, 200)
    const named = exchangeForm('public', await code('public'))
    t.equal((await token(named, basic('public0id', ''))).status, 200, 'an empty secret is none')
  })
  const nobody = { ...(await form()), client_id: 'nobody' }
  await isRefused(t, await token(nobody), 400, { error: 'invalid_client' }, 'an unknown client')
  const torn = await token(await form(), basic('public0id', secret))
  await isRefused(t, torn, 400, { error: 'invalid_request' }, 'two clients at once')
  for (const authorization of ['Bearer x', 'Basic', 'Basic !', `Basic ${Buffer.from(id).toString('base64')}`])
    await isRefused(
      t,
      await token(await form(), { authorization }),
      400,
      { error: 'invalid_request' },
      authorization,
    )
  const elsewhere = { ...exchangeForm('public', await code('public')), client_id: 'other0id' }
  await isRefused(t, await token(elsewhere), 400, { error: 'invalid_client' }, 'a client of another pool')
  const both = { ...(await form()), client_secret: 'wrong' }
  t.equal((await token(both, basic(id, secret))).status, 200, 'the header counts before the body')
})

t.test('two secrets at a time: either is accepted, until one is deleted', async t => {
  const { rockpool, at, token, clock } = await aPool(t)
  clock.advance({ seconds: 1 })
  const sdk = anSdk(t, rockpool)
  const { pool, client } = at('machine')
  const named = { UserPoolId: pool.id, ClientId: client.id }
  const ask = async (secret = '') =>
    (await token({ grant_type: 'client_credentials' }, basic(client.id, secret))).status
  const added = await sdk.send(new AddUserPoolClientSecretCommand(named))
  const second = added.ClientSecretDescriptor?.ClientSecretValue
  t.strictSame([await ask(client.secret), await ask(second), await ask('neither')], [200, 200, 400])
  const { ClientSecrets = [] } = await sdk.send(new ListUserPoolClientSecretsCommand(named))
  const first = ClientSecrets.find(
    ({ ClientSecretId }) => ClientSecretId !== added.ClientSecretDescriptor?.ClientSecretId,
  )
  await sdk.send(new DeleteUserPoolClientSecretCommand({ ...named, ClientSecretId: first?.ClientSecretId }))
  t.strictSame([await ask(client.secret), await ask(second)], [400, 200])
})

t.test('secrets with awkward characters', async t => {
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          ...seed.UserPools[0],
          Clients: [{ ...machine('awkward', ['api/read']), ClientSecret: 'a+b++c'.padEnd(30, '0') }],
        },
      ],
    },
  })
  const { client } = poolAndClient(rockpool, 'one', 'awkward')
  const secret = client.secret ?? ''
  const ask = async (headers: Record<string, string>) =>
    (await postForm(`${rockpool.baseUrl}/one/oauth2/token`, { grant_type: 'client_credentials' }, headers))
      .status
  t.equal(await ask(basic(client.id, secret)), 200, 'a plus is a plus, never a blank')
  t.equal(await ask(basic(client.id, encodeURIComponent(secret))), 200, 'percent-encoded as well')
  t.equal(await ask(basic(client.id, secret.replaceAll('+', ' '))), 400)

  await t.test('whatever a secret holds, it is found in the header', async t => {
    const store = memoryStore(aClock())
    t.teardown(() => store.close())
    const service = { store, recorder: { concerns() {} } } as unknown as Service
    const pool = { id: 'p', name: 'pool' } as UserPool
    const authenticated = (sent: string) =>
      authenticatedClient(service, pool, basic('c', sent).authorization, { code: 'x' })
    const awkward = ['a+b', 'a/b=', 'a%b', 'a%2Bb', '100%25', 'ä:€', 'a&b=c d']
    for (const value of awkward) {
      const record = { id: 'c', poolId: 'p', secrets: [{ id: 's', value, createdAt: 0 }] }
      await store.commit(put(clients, 'c', record as unknown as AppClient))
      for (const sent of [value, encodeURIComponent(value)])
        t.strictSame(await authenticated(sent), record, sent)
      await t.rejects(authenticated(`${value}+`), { code: 'invalid_client', told: 'invalid_client_secret' })
    }
  })
})
