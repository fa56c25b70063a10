import { domainUrl } from '../../core/addresses.js'
import type { UserRecord } from '../../core/collections.js'
import { messages } from '../../core/collections.js'
import { keyOf } from '../../core/ports/store.js'
import type { UserPool } from '../../core/user-pool.js'
import { allPools, userNamed } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { type Form, formsOf, type Page } from './browser.js'

/** How a page about a second factor is answered. */
export interface FactorAnswer {
  readonly form: Form
  readonly values: Readonly<Record<string, string>>
}

/**
 * Answers a page about a second factor as the person would: with the code that the authenticator app shows, or with the
 * one that the outbox got. Undefined when it is no such page.
 * @param attempt from 0: a code of an app is right once, so the neighbouring ones are tried after it
 */
export async function secondFactor(
  service: Service,
  page: Page,
  username: string,
  attempt: number,
): Promise<FactorAnswer | undefined> {
  const person = await personAt(service, page, username)
  if (person === undefined || !page.url.pathname.endsWith('/mfa')) return undefined
  const { user } = person
  const forms = formsOf(page)
  const codeForm = forms.find(({ fields }) => fields.includes('code'))
  if (codeForm !== undefined) {
    const offered = /data-secret="([A-Z2-7]+)"/.exec(page.html)?.[1]
    const secret = offered ?? user.mfa?.softwareToken?.secret
    const isSent = page.html.includes('/_rockpool/messages')
    const code = isSent ? await codeSent(service, person) : secret && (await codeOf(service, secret, attempt))
    return code === undefined ? undefined : { form: codeForm, values: { code } }
  }
  const mailForm = forms.find(({ fields }) => fields.includes('email'))
  if (mailForm !== undefined) {
    const email = user.attributes.email ?? `${username.replace(/\W+/g, '-')}@example.com`
    return { form: mailForm, values: { email } }
  }
  const [form] = forms
  // Of several that can be set up, the first.
  const setUp = /name="setUp" value="(\w+)"/.exec(page.html)?.[1]
  if (form !== undefined && setUp !== undefined) return { form, values: { setUp } }
  const factor = /name="factor" value="(\w+)"/.exec(page.html)?.[1]
  return form === undefined || factor === undefined ? undefined : { form, values: { factor } }
}

interface PersonAt {
  readonly pool: UserPool
  readonly user: UserRecord
}

/** Who signs in at the pool whose page this is. */
async function personAt(service: Service, { url }: Page, username: string): Promise<PersonAt | undefined> {
  for (const pool of await allPools(service)) {
    const domain = domainUrl(service, pool)
    if (domain === undefined || !url.href.startsWith(`${domain}/`)) continue
    const user = (await userNamed(service, pool, username))?.record
    return user && { pool, user }
  }
  return undefined
}

async function codeSent({ store }: Service, { pool, user }: PersonAt): Promise<string | undefined> {
  const sent = await store.lookup(messages, 'user', keyOf(pool.id, user.sub))
  return sent.at(-1)?.record.secret
}

/** What the app shows now, next, or has shown before. */
async function codeOf({ clock }: Service, secret: string, attempt: number): Promise<string> {
  const { Secret, TOTP } = await import('otpauth')
  const timestamp = clock.now() + ([0, 30_000, -30_000][attempt] ?? 0)
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })
}
