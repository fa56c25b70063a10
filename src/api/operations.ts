import * as appClients from '../core/shapes/app-clients.js'
import * as branding from '../core/shapes/branding.js'
import * as devices from '../core/shapes/devices.js'
import * as domains from '../core/shapes/domains.js'
import * as groups from '../core/shapes/groups.js'
import * as identityProviders from '../core/shapes/identity-providers.js'
import * as importJobs from '../core/shapes/import-jobs.js'
import * as ownProfile from '../core/shapes/own-profile.js'
import * as passkeys from '../core/shapes/passkeys.js'
import * as protection from '../core/shapes/protection.js'
import * as replicas from '../core/shapes/replicas.js'
import * as resourceServers from '../core/shapes/resource-servers.js'
import * as sessions from '../core/shapes/sessions.js'
import * as signIn from '../core/shapes/sign-in.js'
import * as signUp from '../core/shapes/sign-up.js'
import * as tags from '../core/shapes/tags.js'
import * as userPools from '../core/shapes/user-pools.js'
import * as users from '../core/shapes/users.js'
import type { Infer, StructureShape } from '../lib/shape.js'
import type { Scope } from './scope.js'

/** What every operation of the user pools API accepts, by its name with a small first letter. */
export const inputs = {
  ...appClients,
  ...branding,
  ...devices,
  ...domains,
  ...groups,
  ...identityProviders,
  ...importJobs,
  ...ownProfile,
  ...passkeys,
  ...protection,
  ...replicas,
  ...resourceServers,
  ...sessions,
  ...signIn,
  ...signUp,
  ...tags,
  ...userPools,
  ...users,
} as const satisfies Record<string, StructureShape>

/** The operations that exist, whether they are built or not. */
export type OperationName = Capitalize<keyof typeof inputs>
export type InputOf<N extends OperationName> = Infer<(typeof inputs)[Uncapitalize<N>]>

/** One operation: what it does with a valid input. No answer means an empty body. */
export interface Operation {
  readonly name: OperationName
  readonly run: (scope: Scope, input: never) => Promise<object | undefined>
}

/** Declares what an operation does; its input is described in `core/shapes`. */
export const operation = <N extends OperationName>(
  name: N,
  run: (scope: Scope, input: InputOf<N>) => Promise<object | undefined>,
): Operation => ({ name, run: run as Operation['run'] })

/** The input of an operation, if there is one of that name. */
export const inputOf = (name: string): StructureShape | undefined => {
  const key = name.charAt(0).toLowerCase() + name.slice(1)
  return name !== key && Object.hasOwn(inputs, key) ? inputs[key as keyof typeof inputs] : undefined
}

/**
 * Operations that no AWS credentials sign: identifiers, a token or a session authorise them
 * (docs/facts/user-pools-api.md §1.1).
 */
const unsigned: ReadonlySet<string> = new Set<OperationName>([
  'SignUp',
  'ConfirmSignUp',
  'ResendConfirmationCode',
  'ForgotPassword',
  'ConfirmForgotPassword',
  'InitiateAuth',
  'RespondToAuthChallenge',
  'GetTokensFromRefreshToken',
  'RevokeToken',
  'GetClientToken',
  'ListUserSessions',
  'RevokeUserSession',
  'UpdateAuthEventFeedback',
  'GetUser',
  'UpdateUserAttributes',
  'DeleteUserAttributes',
  'GetUserAttributeVerificationCode',
  'VerifyUserAttribute',
  'ChangePassword',
  'DeleteUser',
  'GlobalSignOut',
  'SetUserMFAPreference',
  'SetUserSettings',
  'GetUserAuthFactors',
  'ConfirmDevice',
  'GetDevice',
  'ForgetDevice',
  'ListDevices',
  'UpdateDeviceStatus',
  'StartWebAuthnRegistration',
  'CompleteWebAuthnRegistration',
  'ListWebAuthnCredentials',
  'DeleteWebAuthnCredential',
  'AssociateSoftwareToken',
  'VerifySoftwareToken',
])

/** Whether a request has to be signed with AWS credentials. */
export const isSigned = (name: string): boolean => !unsigned.has(name)
