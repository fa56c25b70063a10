import type { Route } from './route.js'
import { about } from './routes/about.js'
import { clock } from './routes/clock.js'
import { doctor } from './routes/doctor.js'
import { exports } from './routes/exports.js'
import { risk } from './routes/risk.js'
import { seen } from './routes/seen.js'
import { signIns } from './routes/sign-ins.js'
import { state } from './routes/state.js'
import { triggers } from './routes/triggers.js'
import { upstreams } from './routes/upstreams.js'
import { users } from './routes/users.js'

/** The control API. */
export const routes: readonly Route[] = [
  ...about,
  ...doctor,
  ...exports,
  ...state,
  ...clock,
  ...users,
  ...upstreams,
  ...signIns,
  ...seen,
  ...risk,
  ...triggers,
]
