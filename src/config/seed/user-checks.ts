import type { Finding } from '../../core/rules/finding.js'
import {
  attributeFindings,
  missingAttributeFindings,
  passwordFindings,
  usernameFindings,
} from '../../core/rules/user.js'
import { aliasesOf, userKey } from '../../core/user.js'
import { attributesOf, type UserDraft } from './attributes.js'
import { type PoolDraft, report } from './draft.js'
import { subOf } from './identifiers.js'
import { each, unique } from './lists.js'
import type { Place } from './mistakes.js'

/** Checks the users of a pool: the rules of the domain, and what they say of one another and of the pool's groups. */
export function checkUsers(draft: PoolDraft): void {
  const { seed, place, pool } = draft
  const users = each(seed.Users, place.at('Users'))
  unique(
    'username',
    users.map(([{ Username }, at]) => [
      Username === undefined ? undefined : userKey(pool, Username),
      at.at('Username'),
    ]),
  )
  unique(
    'sub',
    // Of users with one username, the second is reported already.
    users
      .filter(([{ Username }], index) => users.findIndex(([other]) => other.Username === Username) === index)
      .map(([user, at]) => [user.Username && subOf(seed, user), at.at('Sub')]),
  )
  unique(
    'verified e-mail address, phone number or preferred username, by which users sign in,',
    users.flatMap(([user, at]) =>
      aliasesOf(pool, attributesOf(user)).map(alias => [alias, at.at('UserAttributes')] as const),
    ),
  )
  const groups = each(seed.Groups, undefined).map(([{ GroupName }]) => GroupName ?? '')
  for (const [user, at] of users) {
    if (user.Username !== undefined) report(usernameFindings(pool, user.Username), at)
    checkPasswords(user, at, draft)
    checkAttributes(user, at, draft)
    for (const [group, its] of each(user.Groups, at.at('Groups')))
      if (!groups.includes(group))
        its.wrong(`The pool has no group "${group}".`, { meant: { given: group, valid: groups } })
  }
}

function checkPasswords(user: UserDraft, place: Place, { pool }: PoolDraft): void {
  for (const member of ['TemporaryPassword', 'Password'] as const)
    if (user[member] !== undefined) report(passwordFindings(pool, user[member]), place.at(member))
  if (user.Password !== undefined && user.TemporaryPassword !== undefined)
    place.at('Password').wrong('A user has either a TemporaryPassword or a permanent Password.')
}

function checkAttributes(user: UserDraft, place: Place, { pool, seed }: PoolDraft): void {
  const attributes = attributesOf(user, pool)
  const found = [
    ...attributeFindings(pool, attributes, 'creation'),
    ...missingAttributeFindings(pool, attributes),
  ]
  report(
    found.map(finding => asWritten(finding, user)),
    place,
  )
  const app = seed.SoftwareTokenMfaConfiguration?.Enabled === true
  if (user.SoftwareTokenSecret !== undefined && (!app || (seed.MfaConfiguration ?? 'OFF') === 'OFF'))
    place.at('SoftwareTokenSecret').wrong('The pool has no authenticator apps: enable them.')
}

/** A seed may write attributes as a map, as the rules see them, or as a list of names and values. */
function asWritten(finding: Finding, { UserAttributes }: UserDraft): Finding {
  const [member, name] = finding.path
  if (!Array.isArray(UserAttributes) || member !== 'UserAttributes' || name === undefined) return finding
  const index = (UserAttributes as { Name?: string }[]).findIndex(one => one?.Name === name)
  const { meant, ...others } = finding
  return {
    ...others,
    path: ['UserAttributes', index],
    ...(meant && { meant: { given: meant.given, valid: meant.valid } }),
  }
}
