import t, { type Test } from 'tap'
import type { TriggerHandlers, TriggerName } from '../src/index.js'
import { aBay, visitor } from './support/hosted.js'
import { postForm } from './support/rockpool.js'
import { refuse } from './support/triggered-reef.js'

/** Where the words of a trigger that fails are shown (docs/facts/triggers.md §8): on a page, at the callback, or as an answer. */

/** A pool with a function that fails, once `begin` is called. */
async function aFailing(t: Test, name: TriggerName) {
  let begun = false
  const failing = (event: object) => (begun ? refuse('not today')() : event)
  const bay = await aBay(t, {
    version: 2,
    options: { triggers: { bay: { [name]: failing } as TriggerHandlers } },
  })
  return {
    bay,
    begin() {
      begun = true
      return visitor(bay)
    },
  }
}

t.test('on the page, above its form', async t => {
  const said = (name: TriggerName) => `${name} failed with error not today.`
  for (const name of ['PreAuthentication', 'UserMigration'] as const) {
    const { begin } = await aFailing(t, name)
    const { text, location } = await begin().signIn(name === 'UserMigration' ? 'nobody' : 'marco')
    t.match(text, said(name))
    t.equal(location, '', name)
  }
  const { begin, bay } = await aFailing(t, 'CustomMessage')
  t.match((await begin().signUp('lee')).text, said('CustomMessage'))
  t.match(await bay.user('lee'), { UserStatus: 'UNCONFIRMED' }, 'the user is there')
})

t.test('at the callback, after a sign-in', async t => {
  for (const name of ['PostAuthentication', 'PreTokenGeneration'] as const) {
    const { begin } = await aFailing(t, name)
    const { location } = await begin().signIn('marco')
    const told = Object.fromEntries(new URL(location).searchParams)
    const error_description = `${name} failed with error not today.`
    t.match(told, { error: 'invalid_request', error_description, state: 's1' })
    t.notOk('code' in told)
  }
})

t.test('at the token endpoint, where a refresh fails', async t => {
  const { bay, begin } = await aFailing(t, 'PreTokenGeneration')
  const browser = visitor(bay)
  const { location } = await browser.signIn('marco')
  const url = new URL(location)
  const client = { client_id: 'webclient1', redirect_uri: `${url.origin}${url.pathname}` }
  const code = url.searchParams.get('code') ?? ''
  const endpoint = `${bay.domain}/oauth2/token`
  const exchanged = await postForm(endpoint, { ...client, grant_type: 'authorization_code', code })
  const { refresh_token } = (await exchanged.json()) as { refresh_token: string }
  begin()
  const refused = await postForm(endpoint, { ...client, grant_type: 'refresh_token', refresh_token })
  t.equal(refused.status, 400)
  const error_description = 'PreTokenGeneration failed with error not today.'
  t.match(await refused.json(), { error: 'invalid_grant', error_description })
})
