import {
  setUserPoolClientSessionConfiguration,
  setUserPoolSessionConfiguration,
} from '../../core/shapes/sessions.js'
import { untracked } from '../../core/user-session.js'
import { knownMembers } from './members.js'
import type { JsonMap } from './source.js'

/** How sessions of users are tracked, by the attachments of CloudFormation (docs/facts/additions-2026.md §1.4). */

type Attachment = { readonly properties: JsonMap } | undefined

/** Of a pool: what the attachment leaves out has its default. */
export function sessionsOfPool(attachment: Attachment): JsonMap {
  if (attachment === undefined) return {}
  const { members } = setUserPoolSessionConfiguration
  const { UserPoolId: _pool, ...given } = knownMembers(attachment.properties, members).known
  const defaults = { UserSessionTracking: 'DISABLED', TokenSession: { MaxPerUser: untracked.maxPerUser } }
  return { SessionConfiguration: { ...defaults, ...given } }
}

/** Of a client. */
export function sessionsOfClient(attachment: Attachment): JsonMap {
  if (attachment === undefined) return {}
  const { members } = setUserPoolClientSessionConfiguration
  const {
    UserPoolId: _pool,
    ClientId: _client,
    ...given
  } = knownMembers(attachment.properties, members).known
  return { SessionConfiguration: given }
}
