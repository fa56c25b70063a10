import type { AppClient } from '../../core/app-client.js'
import { setUserPoolClientSessionConfiguration } from '../../core/shapes/sessions.js'
import type { UserPool } from '../../core/user-pool.js'
import { ssoMinutesOf, trackingOf } from '../../core/user-session.js'
import type { Resource } from '../../export/resources.js'
import { type Html, html } from '../../lib/html.js'
import { field, form, submit } from '../frame/forms.js'
import { poolPath } from '../frame/navigation.js'
import { card } from '../frame/parts.js'
import { numberOf } from '../input.js'
import type { Visit } from '../page.js'
import { asCode } from './as-code.js'

/** For how long an app client takes a browser's sign-in for its own: the form, what it says, and the same as code. */

const { MaxValidityMinutes } = setUserPoolClientSessionConfiguration.members.SSOSession.required.members

/** @throws Refusal when the number is none, or out of bounds */
export const askedMinutes = ({ form: { MaxValidityMinutes: text } }: Visit): number =>
  numberOf(MaxValidityMinutes.required, 'Minutes', text)

/** @param path of the client's page */
export function sessionCard(visit: Visit, pool: UserPool, client: AppClient, path: string): Html {
  if (trackingOf(pool) === undefined)
    return card(
      'Single sign-on',
      html`<p class="muted">For one hour after a sign-in, the same browser enters this client without a password. To set another time, let the pool <a href="${poolPath(pool, 'settings')}#sessions">track sessions</a>.</p>`,
    )
  const minutes = ssoMinutesOf(client)
  return html`${card(
    'Single sign-on',
    form(visit, { action: `${path}/sessions` }, [
      field({
        name: 'MaxValidityMinutes',
        label: 'Minutes without another sign-in',
        type: 'number',
        value: visit.form.MaxValidityMinutes ?? String(minutes),
        hint: 'For this long after a sign-in at another client, a browser enters this one without a password. 0: never. At most 129600, which is 90 days.',
      }),
      html`<div class="actions">${submit('Save minutes')}</div>`,
    ]),
    { id: 'sessions' },
  )}${asCode(visit, resourceOf(client, minutes), pool, { heading: 'Its sessions as code', id: 'sessions-as-code' })}`
}

const resourceOf = ({ id, name }: AppClient, minutes: number): Resource => ({
  operation: 'SetUserPoolClientSessionConfiguration',
  name,
  input: { ClientId: id, SSOSession: { MaxValidityMinutes: minutes } },
})
