import { refusal } from '../core/refusal.js'
import { consolePath } from './console.js'

/** What the console itself refuses. */

export const forgedForm = refusal('forged_form', (why: string) => ({
  told: 'This page has expired. Open it again and repeat what you did.',
  because: `The form was not sent from a page of the console in this browser: ${why}.`,
  remedy: `Open ${consolePath}/ and use its own buttons, with cookies allowed. Forms do not survive a restart of Rockpool.`,
}))

export const unknownPool = refusal('not_found', (id: string) => ({
  told: 'There is no such user pool.',
  because: `No user pool has the id "${id}".`,
  remedy: `Choose one of those that ${consolePath}/pools lists. A reset, or a restored snapshot, may have replaced the pools.`,
}))

export const unknownFlight = refusal('not_found', (id: string) => ({
  told: 'There is no such flight.',
  because: `No flight "${id}" is kept: old flights make room for new ones, and none outlives the process, a reset or a restored snapshot.`,
  remedy: `Repeat what you did, and open the flight from ${consolePath}/flights. To keep one, download it as a file.`,
}))

export const unknownUser = refusal('not_found', (sub: string, pool: { readonly name: string }) => ({
  told: 'There is no such user.',
  because: `${pool.name} has no user with the sub "${sub}": the user may have been deleted meanwhile.`,
  remedy: 'Choose one from the list of users.',
}))

export const unknownMessage = refusal('not_found', (id: string) => ({
  told: 'There is no such message.',
  because: `No message "${id}" is kept: messages are kept for a day, and a reset or a restored snapshot replaces them.`,
  remedy: `Let it be sent again, and open it from ${consolePath}/inbox.`,
}))

export const unknownSnapshot = refusal('not_found', (name: string) => ({
  told: 'There is no such snapshot.',
  because: `No snapshot has the name "${name}".`,
  remedy: `Choose one that ${consolePath}/time lists.`,
}))

export const unnamedSnapshot = refusal('InvalidParameterException', (name: string) => ({
  told: 'The name cannot be that of a snapshot.',
  because: `"${name}" is empty, longer than 64 characters, or has other characters than letters, digits, dots, dashes and underscores.`,
  remedy: 'Give a name such as "before-the-demo".',
}))

export const noDuration = refusal('InvalidParameterException', () => ({
  told: 'The clock was not moved.',
  because: 'None of days, hours, minutes and seconds is a whole number other than 0.',
  remedy: 'Give a whole number in at least one of them; a negative one moves the clock back.',
}))
