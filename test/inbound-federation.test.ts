import t, { type Test } from 'tap'
import type { PoolTriggers, TriggerEvent, TriggerHandlers } from '../src/index.js'
import { aBrowser } from './support/browser.js'
import { aReef as pools, told } from './support/reef.js'
import { aSamlReef, signIn as signInBySaml, usersOf } from './support/saml-reef.js'
import { pass, refuse, through, watched } from './support/triggered-reef.js'

/** InboundFederation: what a provider says, before it counts (docs/facts/triggers.md §5.5). */

async function aReef(t: Test, given: TriggerHandlers) {
  const { events, handlers } = watched(given)
  const { signInThroughTide, exchange, rockpool } = await pools(t, { triggers: { reef: handlers } })
  const signIn = () => signInThroughTide(aBrowser(), through)
  const sources = () => events.splice(0).map(({ triggerSource }) => triggerSource)
  return { events, signIn, sources, exchange, rockpool }
}

const mapping = (userAttributesToMap: Record<string, string>): TriggerHandlers => ({
  InboundFederation: event => Object.assign(event, { response: { userAttributesToMap } }),
})

t.test('T59 the event, at the first sign-in and at later ones: all values are texts', async t => {
  const { events, signIn } = await aReef(t, { InboundFederation: pass })
  t.match(told(await signIn()), { code: /./ })
  t.match(told(await signIn()), { code: /./ })
  t.equal(events.length, 2)
  for (const event of events as TriggerEvent<'InboundFederation'>[]) {
    t.match(event, {
      triggerSource: 'InboundFederation_ExternalProvider',
      userName: /^Tide_/,
      request: {
        providerName: 'Tide',
        providerType: 'OIDC',
        attributes: {
          tokenResponse: { access_token: /^ey/, id_token: /^ey/, token_type: 'Bearer', expires_in: '3600' },
          idToken: { sub: /./, email: 'marco@tide.example', exp: /^\d+$/ },
          userInfo: { sub: /./ },
        },
      },
      response: { userAttributesToMap: {} },
    })
    const values = Object.values(event.request.attributes).flatMap(source => Object.values(source))
    t.ok(values.every(value => typeof value === 'string'))
  }
})

t.test('T60 T63 what the trigger names replaces everything; nothing keeps it', async t => {
  const seen: TriggerEvent[] = []
  const handlers: TriggerHandlers = {
    InboundFederation: event => {
      const { sub = '' } = event.request.attributes.idToken ?? {}
      event.response.userAttributesToMap = { sub, email: 'chosen@reef.example' }
      return event
    },
    PreSignUp: event => {
      seen.push(event)
      return event
    },
    UserMigration: pass,
    CustomMessage: pass,
  }
  const { signIn, sources } = await aReef(t, handlers)
  t.match(told(await signIn()), { code: /./ })
  const { userAttributes = {} } = seen[0]?.request ?? {}
  t.equal(userAttributes.email, 'chosen@reef.example')
  t.notOk('given_name' in userAttributes, 'what is left out is not stored')
  t.strictSame(
    sources(),
    ['InboundFederation_ExternalProvider', 'PreSignUp_ExternalProvider'],
    'T63 no others',
  )
  const kept = await aReef(t, { ...mapping({}), PreSignUp: pass })
  await kept.signIn()
  t.match(kept.events[1]?.request.userAttributes, { email: 'marco@tide.example' }, 'T60 as without')
})

t.test('T61 a required attribute that the provider lacks may come from it', async t => {
  const demanding = { client_id: 'demanding0id' }
  const signIn = async (triggers: PoolTriggers) => {
    const { rockpool, signInThroughTide } = await pools(t, { triggers })
    const at = `${rockpool.baseUrl}/strict`
    const answer = await signInThroughTide(aBrowser(), demanding, at)
    return { told: told(answer), users: await rockpool.operations.exportUsers('strict') }
  }
  // What tide does not know of a user, its own app could not be told.
  const losing: TriggerHandlers = {
    InboundFederation: event => {
      const { given_name: _lost, ...others } = event.request.attributes.idToken ?? {}
      event.response.userAttributesToMap = others
      return event
    },
  }
  const without = await signIn({ strict: losing })
  t.match(without.told, { error: 'invalid_request', error_description: /given_name/ })
  t.strictSame(without.users, [])
  const supplying: TriggerHandlers = {
    InboundFederation: event => {
      const { idToken } = event.request.attributes
      event.response.userAttributesToMap = { ...idToken, given_name: 'Marc' }
      return event
    },
  }
  const supplied = await signIn({ strict: supplying })
  t.match(supplied.told, { code: /./ })
  t.match(supplied.users, [{ attributes: { given_name: 'Marc', email: 'marco@tide.example' } }])
})

t.test('T62 PostConfirmation that throws leaves the user; the next sign-in is a later one', async t => {
  const { signIn, sources } = await aReef(t, { PostConfirmation: refuse('no'), PreAuthentication: pass })
  t.match(told(await signIn()), {
    error: 'invalid_request',
    error_description: /^PostConfirmation failed with error no\./,
  })
  t.match(told(await signIn()), { code: /./ })
  t.strictSame(sources(), ['PostConfirmation_ConfirmSignUp', 'PreAuthentication_Authentication'])
})

t.test('an InboundFederation that refuses', async t => {
  const { signIn } = await aReef(t, { InboundFederation: refuse('stay out') })
  t.match(told(await signIn()), {
    error: 'invalid_request',
    error_description: 'InboundFederation failed with error stay out. ',
  })
})

t.test('S55 of a SAML provider it gets the attributes, and decides what counts', async t => {
  const events: TriggerEvent<'InboundFederation'>[] = []
  const answers: Record<string, string>[] = [{}, { email: 'chosen@reef.example' }]
  const reef = await aSamlReef(
    t,
    { mapping: { email: 'email', given_name: 'given_name' } },
    {
      triggers: {
        reef: {
          InboundFederation(event) {
            events.push(structuredClone(event))
            return { ...event, response: { userAttributesToMap: answers.shift() ?? {} } }
          },
        },
      },
    },
  )
  const signIn = async (sub: string) =>
    signInBySaml(reef, { claims: { sub, email: 'ann@example.com', given_name: 'Ann', groups: ['a', 'b'] } })
  t.ok((await signIn('first')).outcome?.code)
  t.ok((await signIn('second')).outcome?.code)
  t.match(events[0]?.request, {
    providerName: 'Corp',
    providerType: 'SAML',
    attributes: { samlResponse: { email: 'ann@example.com', given_name: 'Ann', groups: /a, ?b/ } },
  })
  t.strictSame(Object.keys(events[0]?.request.attributes ?? {}), ['samlResponse'])
  const users = new Map((await usersOf(reef)).map(({ username, attributes }) => [username, attributes]))
  t.match(users.get('Corp_first'), { email: 'ann@example.com', given_name: 'Ann' }, 'nothing keeps all')
  t.equal(users.get('Corp_second')?.email, 'chosen@reef.example')
  t.notOk(users.get('Corp_second')?.given_name, 'what a partial answer leaves out is dropped')
})
