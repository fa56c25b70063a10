import { refusal } from '../core/refusal.js'

/** A write whose condition no longer held: the record was read, and another request wrote it first. */
export const conflict = refusal('ConcurrentModificationException', () => ({
  told: 'The resource is being modified by another request.',
  because: 'Another request wrote the same record in between.',
  remedy: 'Send the request again.',
}))
