import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import * as collections from '../../core/collections.js'
import type { Device } from '../../core/device.js'
import type { Grant } from '../../core/grant.js'
import type { Group } from '../../core/group.js'
import type { Identity } from '../../core/identity.js'
import type { Passkey } from '../../core/passkey.js'
import { keyOf, type Stored } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { passkeysOf } from '../../flows/account/passkeys.js'
import { clientsOf, groupsOf, userBySub } from '../../flows/directory/directory.js'
import { isWatched } from '../../flows/history/auth-events.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { consolePath } from '../console.js'
import { unknownUser } from '../console-refusals.js'
import { buttonForm, checkbox, confirmed, field, form, select, submit } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { card, copyable, facts, moment, table } from '../frame/parts.js'
import { poolOf, show, type View, type Visit } from '../page.js'
import { flightLine } from './flight-line.js'
import { groupPath } from './groups.js'
import { userAsCode } from './user-as-code.js'
import { theirSessions } from './user-sessions.js'
import { statusBadges, userPath } from './users.js'

/** What is shown of what a user may have many of. */
const shownOfMany = 20

/** One user, with all that is theirs. What its forms do is in `user-actions.ts`. */
export const user = [show('/pools/:pool/users/:sub', async visit => userPage(visit, await poolOf(visit)))]

/**
 * The user that the path names as `:sub`.
 * @throws Refusal when the pool has none
 */
export async function userOf(
  { console: { service }, params }: Visit,
  pool: UserPool,
): Promise<Stored<UserRecord>> {
  const { sub = '' } = params
  const found = await userBySub(service, pool, sub)
  ensure(found, () => unknownUser(sub, pool))
  return found
}

async function userPage(visit: Visit, pool: UserPool): Promise<View> {
  const { record } = await userOf(visit, pool)
  const { service } = visit.console
  const clients = await clientsOf(service, pool)
  const about = { visit, pool, user: record, clients, now: service.clock.now() }
  return {
    title: record.username,
    section: 'pools',
    pool,
    tab: 'users',
    trail: [{ label: 'Users', href: poolPath(pool, 'users') }],
    lead: statusBadges(record),
    body: html`<div class="two"><div class="stack">${account(about)}${attributes(about)}${await theirGroups(about)}${identities(about)}${await theirDevices(about)}${await theirPasskeys(about)}</div><div class="stack">${actions(about)}${await signIns(about)}</div></div>${await theirSessions(visit, pool, record, clients)}${await userAsCode(visit, pool, record)}`,
  }
}

/** Whose page it is. */
interface About {
  readonly visit: Visit
  readonly pool: UserPool
  readonly user: UserRecord
  readonly clients: readonly AppClient[]
  readonly now: number
}

const at = ({ pool, user }: About, action: string): string => `${userPath(pool, user)}/${action}`

function account({ user, now }: About): Html {
  const { password, mfa } = user
  return card(
    'Account',
    facts([
      ['Username', copyable(user.username)],
      ['sub', copyable(user.sub)],
      ['Status', user.status],
      ['Enabled', user.enabled ? 'yes' : 'no: cannot sign in'],
      [
        'Password',
        password === undefined
          ? html`<span class="muted">none</span>`
          : html`${password.temporary ? 'temporary' : 'permanent'}, set ${moment(password.setAt, now)}`,
      ],
      [
        'Second factors',
        mfa === undefined || mfa.enabled.length === 0
          ? html`<span class="muted">none</span>`
          : mfa.enabled.join(', '),
      ],
      ['Created', moment(user.createdAt, now)],
      ['Last changed', moment(user.modifiedAt, now)],
    ]),
  )
}

function attributes(about: About): Html {
  const { visit, pool, user } = about
  const entries = Object.entries(user.attributes).toSorted(([one], [other]) => (one < other ? -1 : 1))
  const names = pool.schema.map(({ name }) => name).filter(name => name !== 'sub')
  return card(
    'Attributes',
    html`${entries.length === 0 ? html`<p class="muted">None.</p>` : facts(entries.map(([name, value]) => [name, value] as const))}
<details><summary>Change an attribute</summary>${form(visit, { action: at(about, 'attributes') }, [
      select({ name: 'name', label: 'Attribute', options: names.map(name => [name, name] as const) }),
      field({ name: 'value', label: 'Value', hint: 'Empty takes the attribute away.' }),
      html`<div class="actions">${submit('Save')}</div>`,
    ])}</details>`,
  )
}

async function theirGroups(about: About): Promise<Html> {
  const { visit, pool, user } = about
  const { service } = visit.console
  const inside = await groupsOf(service, pool, user.sub)
  const others = (await service.store.lookup(collections.groups, 'pool', pool.id, { limit: 200 }))
    .map(({ record }) => record.name)
    .filter(name => inside.every(group => group.name !== name))
  return card(
    'Groups',
    html`${
      others.length > 0 &&
      form(visit, { action: at(about, 'groups'), className: 'inline' }, [
        select({ name: 'group', label: 'Add to', options: others.map(name => [name, name] as const) }),
        submit('Add', 'quiet'),
      ])
    }${table<Group>(
      'Groups',
      [
        {
          head: 'Group',
          room: 'wide',
          cell: group => html`<a href="${groupPath(pool, group.name)}">${group.name}</a>`,
        },
        {
          head: 'Membership',
          cell: ({ name }) =>
            buttonForm(visit, {
              action: at(about, 'groups/leave'),
              label: 'Remove',
              fields: { group: name },
            }),
        },
      ],
      inside,
      'In no group.',
    )}`,
  )
}

const identities = ({ user, now }: About): Html =>
  card(
    'Identities',
    table<Identity>(
      'Identities',
      [
        {
          head: 'Provider',
          cell: ({ providerName, providerType }) => html`${providerName}<small>${providerType}</small>`,
        },
        { head: 'User there', cell: ({ userId }) => html`<code>${userId}</code>` },
        {
          head: 'Linked',
          cell: ({ primary, dateCreated }) =>
            html`${primary ? 'made this user' : 'linked'}<small>${moment(dateCreated, now)}</small>`,
        },
      ],
      user.identities,
      'No account at an identity provider leads to this user.',
    ),
  )

async function theirDevices(about: About): Promise<Html> {
  const { visit, pool, user, now } = about
  const found = await visit.console.service.store.lookup(
    collections.devices,
    'confirmed',
    keyOf(pool.id, user.sub),
    { limit: shownOfMany },
  )
  return card(
    'Devices',
    table<Device>(
      'Devices',
      [
        {
          head: 'Device',
          cell: ({ name, deviceKey }) => html`${name ?? 'unnamed'}<small>${deviceKey}</small>`,
        },
        { head: 'Remembered', cell: ({ isRemembered }) => (isRemembered ? 'yes' : 'no') },
        { head: 'Last sign-in', cell: ({ authenticatedAt }) => moment(authenticatedAt, now) },
        {
          head: 'Forget',
          cell: ({ deviceKey }) =>
            buttonForm(visit, {
              action: at(about, 'devices/forget'),
              label: 'Forget',
              fields: { device: deviceKey },
            }),
        },
      ],
      found.map(({ record }) => record),
      'No remembered device.',
    ),
  )
}

async function theirPasskeys(about: About): Promise<Html> {
  const { visit, pool, user, now } = about
  const found = await passkeysOf(visit.console.service, pool, user)
  return card(
    'Passkeys',
    table<Passkey>(
      'Passkeys',
      [
        {
          head: 'Passkey',
          cell: ({ friendlyName, relyingPartyId }) =>
            html`${friendlyName}<small>at ${relyingPartyId}</small>`,
        },
        { head: 'Created', cell: ({ createdAt }) => moment(createdAt, now) },
        {
          head: 'Delete',
          cell: ({ credentialId }) =>
            buttonForm(visit, {
              action: at(about, 'passkeys/delete'),
              label: 'Delete',
              fields: { passkey: credentialId },
            }),
        },
      ],
      found.map(({ record }) => record),
      'No passkey.',
    ),
  )
}

function actions(about: About): Html {
  const { visit, user } = about
  const { username, status, enabled } = user
  const button = (action: string, label: string) => buttonForm(visit, { action: at(about, action), label })
  return card(
    'Actions',
    html`<div class="actions">
${status === 'UNCONFIRMED' && button('confirm', 'Confirm')}
${status === 'FORCE_CHANGE_PASSWORD' && button('invite', 'Send the invitation again')}
${(status === 'CONFIRMED' || status === 'RESET_REQUIRED') && button('reset', 'Reset password')}
${enabled ? button('disable', 'Disable') : button('enable', 'Enable')}
${button('sign-out', 'Sign out everywhere')}
</div>
<details><summary>Set a password</summary>${form(visit, { action: at(about, 'password') }, [
      field({
        name: 'password',
        label: 'Password',
        type: 'password',
        required: true,
        autocomplete: 'new-password',
      }),
      checkbox({
        name: 'permanent',
        label: 'Permanent',
        hint: 'Otherwise the user has to replace it at the next sign-in.',
      }),
      html`<div class="actions">${submit('Set password')}</div>`,
    ])}</details>
${confirmed(visit, {
  action: at(about, 'delete'),
  label: 'Delete user',
  question: html`${username} is deleted with groups, devices, passkeys and tokens. This cannot be taken back.`,
})}`,
  )
}

async function signIns(about: About): Promise<Html> {
  const { visit, pool, user, clients, now } = about
  const { service } = visit.console
  const owner = keyOf(pool.id, user.sub)
  const [grants, events] = await Promise.all([
    service.store.lookup(collections.grants, 'user', owner, { limit: shownOfMany }),
    service.store.lookup(collections.authEvents, 'user', owner, { limit: shownOfMany }),
  ])
  const nameOf = (id: string) => clients.find(client => client.id === id)?.name ?? id
  const found = await visit.console.flights.flights({ pool: pool.id, user: user.username, limit: 200 })
  const flights = found.filter(flight => flight.user === user.username).slice(0, 5)
  return html`${card(
    'Signed in',
    table<Grant>(
      'Sign-ins whose tokens can be refreshed',
      [
        { head: 'Client', cell: ({ clientId }) => nameOf(clientId) },
        { head: 'Since', room: 'narrow', cell: ({ authTime }) => moment(authTime * 1000, now) },
      ],
      grants.map(({ record }) => record),
      'No sign-in whose tokens are still good.',
    ),
  )}${card(
    'Flights',
    flights.length === 0
      ? html`<p class="muted">None is kept.</p>`
      : html`<ul class="events">${flights.map(flight => flightLine(flight, now))}</ul>`,
    {
      actions: html`<a href="${withQuery(`${consolePath}/inbox`, { pool: pool.id, user: user.sub })}">Messages</a>`,
    },
  )}${
    isWatched(pool) &&
    card(
      'Events of threat protection',
      events.length === 0
        ? html`<p class="muted">None.</p>`
        : html`<ul class="events">${events.map(({ record }) => html`<li>${moment(record.at, now)}<span>${record.type}</span><span>${record.response}</span></li>`)}</ul>`,
    )
  }`
}
