import * as collections from '../../core/collections.js'
import type { Group } from '../../core/group.js'
import { keyOf } from '../../core/ports/store.js'
import type { Refusal } from '../../core/refusal.js'
import { arn, groupName } from '../../core/shapes/common.js'
import { createGroup as createGroupShape } from '../../core/shapes/groups.js'
import type { UserPool } from '../../core/user-pool.js'
import { defined, type Resource } from '../../export/resources.js'
import { createGroup, deleteGroup, storedGroup } from '../../flows/administration/groups.js'
import { userBySub } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { confirmed, field, form, submit } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { card, facts, moment, pager, refusalBox, refusalOf, table } from '../frame/parts.js'
import { countOf, textOf } from '../input.js'
import { act, poolOf, show, type View, type Visit } from '../page.js'
import { asCall, asCode, formAsCode, showAsCode } from './as-code.js'
import { usersTable } from './users.js'

const perPage = 60

/** The groups of a pool, one of them with its members, and the forms that make and delete one. */
export const groups = [
  show('/pools/:pool/groups', async visit => listed(visit, await poolOf(visit))),
  show('/pools/:pool/group', async visit => shown(visit, await poolOf(visit))),
  act(
    '/pools/:pool/groups',
    async visit => {
      const pool = await poolOf(visit)
      if (visit.form.show !== undefined) return listed(visit, pool)
      const { name } = await create(visit, pool)
      return { goTo: groupPath(pool, name), said: `The group ${name} was created.` }
    },
    { again: async (visit, refused) => listed(visit, await poolOf(visit), refused) },
  ),
  act('/pools/:pool/groups/delete', async visit => {
    const pool = await poolOf(visit)
    const { group = '' } = visit.form
    await deleteGroup(visit.console.service, pool, group)
    return { goTo: poolPath(pool, 'groups'), said: `The group ${group} was deleted.` }
  }),
]

/** The address of a group's page. Its name may be too long, and too odd, for a path. */
export const groupPath = (pool: Pick<UserPool, 'id'>, name: string): string =>
  withQuery(`${poolPath(pool)}/group`, { name })

function groupResource({ name, description, roleArn, precedence }: Group): Resource {
  const input = defined({
    GroupName: name,
    Description: description,
    RoleArn: roleArn,
    Precedence: precedence,
  })
  return { operation: 'CreateGroup', name, input, update: { operation: 'UpdateGroup', input } }
}

const create = ({ console: { service }, form: typed }: Visit, pool: UserPool): Promise<Group> => {
  const precedence = countOf('Precedence', typed.precedence)
  return createGroup(service, pool, {
    name: textOf(groupName, 'Name', typed.name),
    ...(typed.description === undefined
      ? {}
      : { description: textOf(createGroupShape.members.Description, 'Description', typed.description) }),
    ...(precedence === undefined ? {} : { precedence }),
    ...(typed.role === undefined ? {} : { roleArn: textOf(arn, 'Role', typed.role) }),
  })
}

async function listed(visit: Visit, pool: UserPool, refused?: Refusal): Promise<View> {
  const { service } = visit.console
  const { after } = visit.query
  const found = await service.store.lookup(collections.groups, 'pool', pool.id, {
    ...(after === undefined ? {} : { after: Buffer.from(after, 'base64url').toString() }),
    limit: perPage + 1,
  })
  const page = found.slice(0, perPage)
  const last = page.at(-1)
  return {
    title: 'Groups',
    section: 'pools',
    pool,
    tab: 'groups',
    body: html`${table<Group>(
      'Groups',
      [
        { head: 'Name', cell: ({ name }) => html`<a href="${groupPath(pool, name)}">${name}</a>` },
        { head: 'Description', room: 'wide', cell: ({ description }) => description ?? '' },
        { head: 'Precedence', room: 'narrow', cell: ({ precedence }) => precedence ?? '' },
      ],
      page.map(({ record }) => record),
      html`<p>${pool.name} has no groups.</p>`,
    )}${pager({
      first: after === undefined ? undefined : poolPath(pool, 'groups'),
      next:
        found.length > perPage && last !== undefined
          ? withQuery(poolPath(pool, 'groups'), { after: Buffer.from(last.key).toString('base64url') })
          : undefined,
    })}<div class="two">${creation(visit, pool, refused)}<div class="stack">${formAsCode(visit, newGroup(visit), pool)}${asCall(visit, { operation: 'ListGroups', input: { Limit: perPage } }, pool)}</div></div>`,
  }
}

function newGroup({ form: typed }: Visit): Resource {
  const name = typed.name ?? 'staff'
  const precedence = typed.precedence?.trim()
  return {
    operation: 'CreateGroup',
    name,
    input: defined({
      GroupName: name,
      Description: typed.description,
      RoleArn: typed.role,
      Precedence: precedence && /^\d+$/.test(precedence) ? Number(precedence) : undefined,
    }),
  }
}

const creation = ({ csrf, form: typed }: Visit, pool: UserPool, refused: Refusal | undefined): Html =>
  card(
    'Create a group',
    html`${refused !== undefined && refusalBox(refusalOf(refused))}${form(
      { csrf },
      { action: poolPath(pool, 'groups') },
      [
        field({ name: 'name', label: 'Name', value: typed.name, required: true }),
        field({ name: 'description', label: 'Description', value: typed.description }),
        field({
          name: 'precedence',
          label: 'Precedence',
          value: typed.precedence,
          hint: 'The lower, the more important: 0 is the highest.',
        }),
        field({ name: 'role', label: 'ARN of an IAM role', value: typed.role }),
        html`<div class="actions">${submit('Create group')}${showAsCode}</div>`,
      ],
    )}`,
  )

async function shown(visit: Visit, pool: UserPool): Promise<View> {
  const { service } = visit.console
  const { name = '', after } = visit.query
  const { record: group } = await storedGroup(service, pool, name)
  const found = await service.store.lookup(collections.memberships, 'group', keyOf(pool.id, name), {
    ...(after === undefined ? {} : { after: Buffer.from(after, 'base64url').toString() }),
    limit: perPage + 1,
  })
  const page = found.slice(0, perPage)
  const last = page.at(-1)
  const members = await Promise.all(page.map(({ record: { sub } }) => userBySub(service, pool, sub)))
  const now = service.clock.now()
  return {
    title: name,
    section: 'pools',
    pool,
    tab: 'groups',
    trail: [{ label: 'Groups', href: poolPath(pool, 'groups') }],
    ...(group.description === undefined ? {} : { lead: group.description }),
    actions: confirmed(visit, {
      action: `${poolPath(pool, 'groups')}/delete`,
      label: 'Delete group',
      question: html`The group ${name} is deleted. Its users stay.`,
      fields: { group: name },
    }),
    body: html`<section class="card">${facts(
      [
        ['Precedence', group.precedence ?? html`<span class="muted">none</span>`],
        ['Role', group.roleArn ?? html`<span class="muted">none</span>`],
        ['Created', moment(group.createdAt, now)],
      ],
      'across',
    )}</section>
${usersTable(
  pool,
  members.flatMap(member => (member === undefined ? [] : [member.record])),
  now,
  html`<p>Nobody is in this group. Users are added on their own pages.</p>`,
)}${pager({
  first: after === undefined ? undefined : groupPath(pool, name),
  next:
    found.length > perPage && last !== undefined
      ? withQuery(groupPath(pool, name), { after: Buffer.from(last.key).toString('base64url') })
      : undefined,
})}${asCall(visit, { operation: 'ListUsersInGroup', input: { GroupName: name, Limit: perPage } }, pool)}${asCode(visit, groupResource(group), pool)}`,
  }
}
