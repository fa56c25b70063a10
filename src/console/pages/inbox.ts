import type { Message } from '../../core/message.js'
import { keyOf } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import { type Addressee, emptyLetterBox, messageById, newestMessages } from '../../courier/letter-box.js'
import { withText } from '../../courier/plain-text.js'
import { poolById } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { copyButton } from '../../http/copy-script.js'
import { type Html, html } from '../../lib/html.js'
import { withQuery } from '../../lib/url.js'
import { consolePath, pathTo } from '../console.js'
import { unknownMessage } from '../console-refusals.js'
import { confirmed, select } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { badge, codeBlock, copyable, facts, live, moment, table } from '../frame/parts.js'
import { act, show, type View, type Visit } from '../page.js'
import { somePools } from '../pools.js'
import { asOwnCall } from './as-code.js'
import { headline } from './message-line.js'
import { userPath } from './users.js'

/** Messages that are listed: the newest. */
const listed = 60

/** Mail and text messages, none of which ever leaves the machine. */
export const inbox = [
  show('/inbox', inboxPage),
  act('/inbox/empty', async ({ console: { service }, form: { pool: poolId } }) => {
    const pool = poolId === undefined ? undefined : await poolById(service, poolId)
    const thrown = await emptyLetterBox(service.store, pool && { pool: pool.id })
    const whose = pool === undefined ? '' : ` of ${pool.name}`
    return {
      goTo: withQuery(`${consolePath}/inbox`, pool === undefined ? {} : { pool: pool.id }),
      said: thrown === 1 ? `One message${whose} is gone.` : `${thrown} messages${whose} are gone.`,
    }
  }),
  show('/messages', visit => ({
    send: reply => reply.redirect(withQuery(`${consolePath}/inbox`, visit.query), 302),
  })),
  show('/inbox/:id', async visit => messagePage(visit, await messageOf(visit))),
  show('/inbox/:id/body', async visit => {
    const { body } = await messageOf(visit)
    return {
      send: reply => reply.headers(letterHeaders).type('text/html; charset=utf-8').send(letterOf(body)),
    }
  }),
]

async function messageOf({ console: { service }, params: { id = '' } }: Visit): Promise<Message> {
  const message = await messageById(service.store, id)
  ensure(message, () => unknownMessage(id))
  return message
}

async function inboxPage(visit: Visit): Promise<View> {
  const {
    console: { service },
    query,
  } = visit
  const { pool: poolId, user } = query
  const pool = poolId === undefined ? undefined : await poolById(service, poolId)
  const addressee: Addressee =
    pool === undefined ? undefined : user === undefined ? { pool: pool.id } : { user: keyOf(pool.id, user) }
  const found = await newestMessages(service.store, addressee, listed)
  const pools = (await somePools(service, { limit: 200 })).items
  const names = new Map(pools.map(({ id, name }) => [id, name]))
  return {
    title: 'Inbox',
    section: 'inbox',
    ...(found.length === 0
      ? {}
      : {
          actions: confirmed(visit, {
            action: `${consolePath}/inbox/empty`,
            label: 'Empty the inbox',
            question:
              pool === undefined
                ? 'All messages of all pools are thrown away.'
                : html`All messages of ${pool.name} are thrown away.`,
            fields: pool === undefined ? {} : { pool: pool.id },
          }),
        }),
    lead: 'Mail and text messages that pools would have sent, the newest on top. They are kept for a day.',
    body: html`<form class="filters" method="get" action="${consolePath}/inbox" data-auto>
${select({ name: 'pool', label: 'Pool', value: pool?.id, options: [['', 'All pools'], ...[...names].map(([id, name]) => [id, name] as const)] })}
<button class="button small quiet" type="submit">Filter</button>
${user !== undefined && pool !== undefined && html`<p>Messages of one user. <a href="${withQuery(`${consolePath}/inbox`, { pool: pool.id })}">Of all users of ${pool.name}</a></p>`}
</form>${live('messages', messagesTable(service, found, names))}${asOwnCall(visit, { command: 'inbox', path: '/messages' })}`,
  }
}

const messagesTable = (
  service: Service,
  found: readonly Message[],
  names: ReadonlyMap<string, string>,
): Html =>
  table<Message>(
    'Messages',
    [
      {
        head: 'Message',
        room: 'wide',
        cell: message =>
          html`<a href="${pathTo('inbox', message.id)}">${headline(message)}</a><small>to ${message.to}</small>`,
      },
      { head: 'Kind', room: 'narrow', cell: ({ medium }) => badge(medium === 'EMAIL' ? 'mail' : 'text') },
      {
        head: 'User',
        cell: message =>
          html`<a href="${userPath({ id: message.poolId }, message)}">${message.username}</a><small>${names.get(message.poolId) ?? message.poolId}</small>`,
      },
      {
        head: 'Code',
        room: 'narrow',
        cell: ({ secret, purpose }) =>
          copyButton(secret, { copy: purpose === 'invitation' ? 'Copy password' : 'Copy code' }),
      },
      { head: 'Sent', room: 'narrow', cell: ({ at }) => moment(at, service.clock.now()) },
    ],
    found,
    html`<p>Nothing here yet.</p><p>Invitations, codes and links arrive by themselves, when somebody signs up, is invited, or forgets a password.</p>`,
  )

async function messagePage({ console: { service } }: Visit, message: Message): Promise<View> {
  const { id, medium, from, to, subject, username, poolId, body, secret, purpose, madeBy, at } = message
  const pool = await poolById(service, poolId)
  const { text } = await withText(message)
  return {
    title: headline(message),
    section: 'inbox',
    trail: [{ label: 'Inbox', href: `${consolePath}/inbox` }],
    body: html`<section class="card">${facts(
      [
        ['To', to],
        ['User', html`<a href="${userPath({ id: poolId }, message)}">${username}</a>`],
        ['Pool', pool === undefined ? poolId : html`<a href="${poolPath(pool)}">${pool.name}</a>`],
        ['Sent', moment(at, service.clock.now())],
        ['For', purpose],
        ['Made by', madeBy],
        [purpose === 'invitation' ? 'Temporary password' : 'Code', copyable(secret)],
      ],
      'across',
    )}</section>
${
  medium === 'EMAIL'
    ? html`<section class="mail" aria-label="The mail"><header><p class="subject">${subject}</p><p class="small-text">${from} to ${to}</p></header><iframe title="The mail's text" src="${pathTo('inbox', id)}/body" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe></section><details><summary>As plain text</summary>${codeBlock(text)}</details>`
    : html`<section class="phone" aria-label="The text message"><p class="bubble">${linked(body)}</p></section>`
}`,
  }
}

/** A text with its web addresses as links. */
const linked = (text: string): Html =>
  html`${text.split(/(https?:\/\/[^\s<>"]+)/).map((piece, index) => (index % 2 === 0 ? piece : html`<a href="${piece}" target="_blank" rel="noopener">${piece}</a>`))}`

/** A mail is HTML that the pool's owner wrote, with whatever users typed in it. */
const letterOf = (body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mail</title><base target="_blank"><style>body{margin:1.25rem;font:1rem/1.5 system-ui,sans-serif;color:#111;background:#fff;overflow-wrap:anywhere}</style></head><body>${body}</body></html>`

/**
 * It runs in a sandbox of no origin, wherever it is opened: no script, no form, nothing from elsewhere. Links lead to a window
 * of their own.
 */
const letterHeaders = {
  'content-security-policy':
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; base-uri 'none'",
  'x-frame-options': 'SAMEORIGIN',
  'referrer-policy': 'no-referrer',
}
