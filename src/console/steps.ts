import type { Step } from './page.js'
import { clients } from './pages/clients.js'
import { code } from './pages/code.js'
import { doctor } from './pages/doctor.js'
import { domain } from './pages/domain.js'
import { federate } from './pages/federate.js'
import { flights } from './pages/flights.js'
import { groups } from './pages/groups.js'
import { home } from './pages/home.js'
import { inbox } from './pages/inbox.js'
import { newPool } from './pages/new-pool.js'
import { pools } from './pages/pools.js'
import { provider } from './pages/provider.js'
import { providers } from './pages/providers.js'
import { resourceServers } from './pages/resource-servers.js'
import { sessions } from './pages/sessions.js'
import { settings } from './pages/settings.js'
import { time } from './pages/time.js'
import { user } from './pages/user.js'
import { userActions } from './pages/user-actions.js'
import { users } from './pages/users.js'

/** Every address of the console. A page, or a family of pages, is a file in `pages/`; here it is named. */
export const steps: readonly Step[] = [
  ...home,
  ...flights,
  ...pools,
  ...users,
  ...user,
  ...userActions,
  ...groups,
  ...inbox,
  ...sessions,
  ...time,
  ...newPool,
  ...clients,
  ...domain,
  ...resourceServers,
  ...settings,
  ...providers,
  ...provider,
  ...federate,
  ...code,
  ...doctor,
]
