import * as authEvents from './auth-events/auth-events.js'
import * as clients from './clients/clients.js'
import * as devices from './devices/devices.js'
import * as branding from './documents/branding.js'
import * as protection from './documents/protection.js'
import * as terms from './documents/terms.js'
import * as groups from './groups/groups.js'
import * as importJobs from './import-jobs/import-jobs.js'
import * as mfaPreference from './mfa/preference.js'
import * as softwareToken from './mfa/software-token.js'
import type { Operation } from './operations.js'
import * as ownAttributes from './own-profile/attributes.js'
import * as ownProfile from './own-profile/own-profile.js'
import * as ownPasskeys from './own-profile/passkeys.js'
import * as domains from './pools/domains.js'
import * as mfa from './pools/mfa.js'
import * as pools from './pools/pools.js'
import * as tags from './pools/tags.js'
import * as linking from './providers/linking.js'
import * as providers from './providers/providers.js'
import * as signingCertificate from './providers/signing-certificate.js'
import * as limits from './replicas/limits.js'
import * as replicas from './replicas/replicas.js'
import * as resourceServers from './resource-servers/resource-servers.js'
import * as sessions from './sessions/sessions.js'
import * as clientToken from './sign-in/client-token.js'
import * as initiate from './sign-in/initiate.js'
import * as refresh from './sign-in/refresh.js'
import * as respond from './sign-in/respond.js'
import * as signUp from './sign-up/sign-up.js'
import * as authFactors from './users/auth-factors.js'
import * as listUsers from './users/list-users.js'
import * as users from './users/users.js'

const families: readonly object[] = [
  pools,
  mfa,
  domains,
  tags,
  clients,
  providers,
  linking,
  signingCertificate,
  resourceServers,
  groups,
  users,
  listUsers,
  authFactors,
  initiate,
  respond,
  refresh,
  clientToken,
  ownProfile,
  ownAttributes,
  mfaPreference,
  softwareToken,
  devices,
  ownPasskeys,
  signUp,
  branding,
  terms,
  protection,
  importJobs,
  authEvents,
  replicas,
  limits,
  sessions,
]

/** The operations that are built, by name. All others are known, and say so. */
export const built: ReadonlyMap<string, Operation> = new Map(
  families
    .flatMap(family => Object.values(family))
    .filter((member): member is Operation => typeof member === 'object' && member !== null && 'run' in member)
    .map(operation => [operation.name, operation]),
)
