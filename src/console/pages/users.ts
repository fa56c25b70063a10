import { type UserRecord, users as userRecords } from '../../core/collections.js'
import type { Refusal } from '../../core/refusal.js'
import { username as usernameShape } from '../../core/shapes/common.js'
import type { UserAttributes } from '../../core/user.js'
import type { UserPool } from '../../core/user-pool.js'
import type { Resource } from '../../export/resources.js'
import { inviteUser } from '../../flows/account/administered-users.js'
import { type FoundUser, searchedBy, searchUsers } from '../../flows/directory/user-search.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { pathTo } from '../console.js'
import { checkbox, field, form, select, submit } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { badge, moment, pager, refusalBox, refusalOf, table } from '../frame/parts.js'
import { textOf } from '../input.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { asCall, formAsCode, showAsCode } from './as-code.js'

/** As many as `ListUsers` answers at once. */
const usersPerPage = 60

/** The users of a pool, a page at a time, and the form that makes one. */
export const users = [
  show('/pools/:pool/users', async visit => listed(visit, await poolOf(visit))),
  show('/pools/:pool/users/new', async visit => newUser(visit, await poolOf(visit))),
  act(
    '/pools/:pool/users',
    async visit => {
      const pool = await poolOf(visit)
      if (visit.form.show !== undefined) return newUser(visit, pool)
      const user = await create(visit, pool)
      return { goTo: userPath(pool, user), said: `${user.username} was created.` }
    },
    { again: async (visit, refused) => newUser(visit, await poolOf(visit), refused) },
  ),
]

/** The address of a user's page. The `sub` never changes, and is short. */
export const userPath = (pool: Pick<UserPool, 'id'>, { sub }: Pick<UserRecord, 'sub'>): string =>
  pathTo('pools', pool.id, 'users', sub)

async function listed(visit: Visit, pool: UserPool): Promise<View> {
  const { service } = visit.console
  const { by = 'username', begins, after } = visit.query
  const attribute = searchedBy.includes(by) ? by : 'username'
  const page = {
    ...(after === undefined ? {} : { after: Buffer.from(after, 'base64url').toString() }),
    limit: usersPerPage + 1,
  }
  const found: readonly FoundUser[] =
    begins === undefined
      ? await service.store.lookup(userRecords, 'pool', pool.id, page)
      : await searchUsers(service, pool, { attribute, exact: false, value: begins }, page)
  const shown = found.slice(0, usersPerPage)
  const last = shown.at(-1)
  const here = withQuery(poolPath(pool, 'users'), begins === undefined ? {} : { by: attribute, begins })
  const next =
    found.length > usersPerPage && last !== undefined
      ? withQuery(here, { after: Buffer.from(last.key).toString('base64url') })
      : undefined
  return {
    title: 'Users',
    section: 'pools',
    pool,
    tab: 'users',
    actions: html`<a class="button small" href="${poolPath(pool, 'users')}/new">Create user</a>`,
    body: html`${search(pool, { by: attribute, begins })}${usersTable(
      pool,
      shown.map(({ record }) => record),
      service.clock.now(),
      begins === undefined
        ? html`<p>${pool.name} has no users yet.</p><p><a href="${poolPath(pool, 'users')}/new">Create one</a>, let people sign up, or sign in through an identity provider.</p>`
        : html`<p>No ${attribute} begins with “${begins}”.</p><p><a href="${poolPath(pool, 'users')}">All users</a></p>`,
    )}${pager({ first: after === undefined ? undefined : here, next })}${asCall(
      visit,
      {
        operation: 'ListUsers',
        input: {
          Limit: usersPerPage,
          ...(begins === undefined ? {} : { Filter: `${attribute} ^= ${JSON.stringify(begins)}` }),
        },
      },
      pool,
    )}`,
  }
}

const search = (pool: UserPool, { by, begins = '' }: { by: string; begins: string | undefined }): Html =>
  html`<form class="filters" method="get" action="${poolPath(pool, 'users')}" role="search">
${select({ name: 'by', label: 'Search by', value: by, options: searchedBy.map(name => [name, name] as const).toSorted(([one], [other]) => Number(other === 'username') - Number(one === 'username')) })}
${field({ name: 'begins', label: 'Begins with', type: 'search', value: begins })}
<button class="button small quiet" type="submit">Search</button>
</form>`

/** A table of users, each with a link to the user's page. */
export const usersTable = (pool: UserPool, shown: readonly UserRecord[], now: number, empty: Html): Html =>
  table<UserRecord>(
    'Users',
    [
      {
        head: 'Username',
        cell: user => html`<a href="${userPath(pool, user)}">${user.username}</a>`,
      },
      { head: 'E-mail', cell: ({ attributes }) => attributes.email ?? attributes.phone_number ?? '' },
      { head: 'Status', room: 'narrow', cell: user => statusBadges(user) },
      { head: 'Created', room: 'narrow', cell: ({ createdAt }) => moment(createdAt, now) },
    ],
    shown,
    empty,
  )

export const statusBadges = ({ status, enabled }: UserRecord): Html =>
  html`<span class="badges">${badge(status, status === 'CONFIRMED' || status === 'EXTERNAL_PROVIDER' ? 'good' : 'wait')}${!enabled && badge('disabled', 'bad')}</span>`

function newUser(visit: Visit, pool: UserPool, refused?: Refusal): View {
  const { csrf, form: typed } = visit
  const required = pool.schema
    .filter(attribute => attribute.required && !['sub', 'email', 'phone_number'].includes(attribute.name))
    .map(({ name }) => name)
  const kinds = pool.settings.UsernameAttributes ?? []
  return {
    title: 'Create user',
    section: 'pools',
    pool,
    tab: 'users',
    trail: [{ label: 'Users', href: poolPath(pool, 'users') }],
    body: html`${refused !== undefined && refusalBox(refusalOf(refused))}<div class="two">${form(
      { csrf },
      { action: poolPath(pool, 'users'), className: 'form card' },
      [
        field({
          name: 'username',
          label: 'Username',
          value: typed.username,
          required: true,
          ...(kinds.length === 0 ? {} : { hint: `Users of this pool sign in by ${kinds.join(' or ')}.` }),
        }),
        field({ name: 'attribute:email', label: 'E-mail', type: 'email', value: typed['attribute:email'] }),
        checkbox({
          name: 'verified:email',
          label: 'Mark email as verified',
          ticked: typed['verified:email'] !== undefined,
          hint: 'Without it, a forgotten password cannot be recovered by mail.',
        }),
        field({
          name: 'attribute:phone_number',
          label: 'Phone number',
          type: 'tel',
          value: typed['attribute:phone_number'],
          hint: 'With + and country code: +14155550100.',
        }),
        checkbox({
          name: 'verified:phone_number',
          label: 'Mark phone number as verified',
          ticked: typed['verified:phone_number'] !== undefined,
        }),
        required.map(name =>
          field({
            name: `attribute:${name}`,
            label: `${name} (required)`,
            value: typed[`attribute:${name}`],
          }),
        ),
        field({
          name: 'password',
          label: 'Temporary password',
          value: typed.password,
          hint: 'The user has to replace it at the first sign-in. Leave it empty for one that Rockpool makes up.',
        }),
        html`<fieldset><legend>Send the invitation by</legend>${checkbox({ name: 'media', value: 'EMAIL', label: 'Mail' })}${checkbox({ name: 'media', value: 'SMS', label: 'Text message' })}<p class="muted small-text">Nothing leaves this machine: it arrives in the inbox.</p></fieldset>`,
        html`<div class="actions">${submit('Create user')}${showAsCode}<a href="${poolPath(pool, 'users')}">Cancel</a></div>`,
      ],
    )}${formAsCode(visit, asResource(visit), pool)}</div>`,
  }
}

/** The attributes that the form has, and what it marks as verified. */
function askedAttributes({ form: typed }: Visit): UserAttributes {
  const given = Object.entries(typed).flatMap(([name, value = '']) => {
    const [, attribute] = /^attribute:(.+)$/.exec(name) ?? []
    return attribute === undefined ? [] : [[attribute, value] as const]
  })
  const attributes: UserAttributes = Object.fromEntries(given)
  const verified = ['email', 'phone_number'].filter(name => typed[`verified:${name}`] && attributes[name])
  return { ...attributes, ...Object.fromEntries(verified.map(name => [`${name}_verified`, 'true'])) }
}

const askedMedia = ({ all }: Visit) =>
  (['EMAIL', 'SMS'] as const).filter(medium => all('media').includes(medium))

function asResource(visit: Visit): Resource {
  const { username = 'ada', password } = visit.form
  const attributes = Object.entries(askedAttributes(visit)).map(([Name, Value]) => ({ Name, Value }))
  const media = askedMedia(visit)
  return {
    operation: 'AdminCreateUser',
    name: username,
    input: {
      Username: username,
      ...(password === undefined ? {} : { TemporaryPassword: password }),
      ...(attributes.length === 0 ? {} : { UserAttributes: attributes }),
      ...(media.length === 0 ? { MessageAction: 'SUPPRESS' } : { DesiredDeliveryMediums: media }),
    },
  }
}

const create = (visit: Visit, pool: UserPool): Promise<UserRecord> =>
  inviteUser(visit.console.service, pool, {
    username: textOf(usernameShape, 'Username', visit.form.username),
    attributes: askedAttributes(visit),
    password: visit.form.password,
    media: askedMedia(visit),
    forTriggers: {},
  })
