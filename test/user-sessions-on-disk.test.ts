import { keptIn } from './support/kept-in.js'

// The tests of sessions once more, on SQLite: the indexes by which sessions are found, and what is written together.

keptIn.place = 'sqlite'
await import('./user-sessions.test.js')
