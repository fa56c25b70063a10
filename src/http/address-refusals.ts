import { refusal } from '../core/refusal.js'

export const unknownDomain = refusal('not_found', (domain: string) => ({
  told: 'There is no user pool domain here.',
  because: `No user pool has the domain "${domain}", and the request names no client, token or state of one.`,
  remedy: 'Look at the addresses that Rockpool printed at its start, or set the Domain of the pool.',
}))
