import type { AppClient } from '../../core/app-client.js'
import type { UserRecord } from '../../core/collections.js'
import type { UserPool } from '../../core/user-pool.js'
import { trackingOf } from '../../core/user-session.js'
import { type ListedSession, sessionsOf } from '../../flows/grants/end-sessions.js'
import { type Html, html } from '../../lib/html.js'
import { deviceOf } from '../../lib/user-agent.js'
import { buttonForm, confirmed } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { badge, card, moment, table } from '../frame/parts.js'
import type { Visit } from '../page.js'
import { userPath } from './users.js'

/** The sessions of a user that the pool tracks, on the user's page. */

interface Row extends ListedSession {
  readonly device: string
  readonly client: string
  /** The sessions that end with it if it ends with those that it is linked with. */
  readonly linked: number
}

export async function theirSessions(
  visit: Visit,
  pool: UserPool,
  user: UserRecord,
  clients: readonly AppClient[],
): Promise<Html> {
  if (trackingOf(pool) === undefined)
    return card(
      'Sessions',
      html`<p class="muted">The pool does not track sessions: it keeps neither devices nor addresses of sign-ins. <a href="${poolPath(pool, 'settings')}#sessions">Track them</a></p>`,
      { id: 'sessions' },
    )
  const { service } = visit.console
  const found = await sessionsOf(service, pool, user.sub)
  const rows = await Promise.all(
    found.map(async (session): Promise<Row> => {
      const { clientId, sender } = session
      const client = clients.find(({ id }) => id === clientId)?.name ?? clientId
      return {
        ...session,
        client,
        device: await deviceOf(sender.userAgent),
        linked: linkedWith(session, found),
      }
    }),
  )
  return card('Sessions', sessionTable(visit, rows, userPath(pool, user)), {
    id: 'sessions',
    ...(rows.length > 1 && {
      actions: confirmed(visit, {
        action: `${userPath(pool, user)}/sessions/end-all`,
        label: 'End all',
        question: html`All ${rows.length} sessions of <strong>${user.username}</strong> end: their tokens are refused, and browsers ask for the password.`,
      }),
    }),
  })
}

/** How many sessions end together with this one (fact N45). */
const linkedWith = ({ id, type, origin }: ListedSession, all: readonly ListedSession[]): number =>
  all.filter(other => (type === 'SSO' ? other.origin === id : other.id === origin)).length

function sessionTable(visit: Visit, rows: readonly Row[], path: string): Html {
  const now = visit.console.service.clock.now()
  const end = (label: string, fields: Readonly<Record<string, string>>) =>
    buttonForm(visit, { action: `${path}/sessions/end`, label, fields })
  return table<Row>(
    'Sessions',
    [
      {
        head: 'Session',
        cell: ({ id, type, client }) =>
          html`${client} ${badge(type === 'SSO' ? 'browser' : 'tokens')}<small>${id}</small>`,
      },
      { head: 'Device', cell: ({ device, sender }) => html`${device}<small>${sender.address}</small>` },
      { head: 'Begun', room: 'narrow', cell: ({ createdAt }) => moment(createdAt, now) },
      { head: 'Last used', room: 'narrow', cell: ({ lastActiveAt }) => moment(lastActiveAt, now) },
      {
        head: 'Good until',
        room: 'narrow',
        cell: ({ expiresAt }) => expiresAt !== undefined && moment(expiresAt, now),
      },
      {
        head: 'End',
        cell: ({ id, type, linked }) =>
          html`<div class="actions">${end('End', { session: id })}${linked > 0 && end(type === 'SSO' ? `With its ${linked === 1 ? 'tokens' : `${linked} token sessions`}` : 'With its browser', { session: id, linked: 'on' })}</div>`,
      },
    ],
    rows,
    'No session: the user is signed in nowhere.',
  )
}
