import { boolean, documented, list, oneOf, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { text } from './fields.js'

const rule = structure({
  pool: documented('Name or id of the pool; absent: any.', text),
  client: documented('Name or id of the client; absent: any.', text),
  username: text,
  address: documented('An address, or a range such as 192.0.2.0/24.', text),
  device: documented('Part of the name of the device, such as Firefox.', text),
  level: documented('The risk of sign-ins.', oneOf('Low', 'Medium', 'High')),
  compromised: documented('Whether others know the passwords of these users.', boolean()),
  passwords: documented('Passwords that others know.', list(text)),
  city: documented('Where the address is.', text),
  country: text,
})
const rules = required(list(rule, { max: 1000 }))

/** How sign-ins and passwords are judged, where threat protection is on. */
export const risk: readonly Route[] = [
  route({
    method: 'GET',
    path: '/risk',
    summary: 'Lists the rules by which threat protection judges.',
    answer: structure({ rules }),
    handle: async ({ operations }) => ({ rules: await operations.riskRules() }),
  }),
  route({
    method: 'PUT',
    path: '/risk',
    summary:
      'Sets the rules by which threat protection judges, in the place of those before. The first that applies counts.',
    body: { rules },
    answer: structure({ rules }),
    handle: async ({ operations }, { rules }) => ({ rules: await operations.setRiskRules(rules) }),
  }),
]
