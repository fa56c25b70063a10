import { createUserPoolClient } from '../../core/shapes/app-clients.js'
import { createManagedLoginBranding, createTerms, setUICustomization } from '../../core/shapes/branding.js'
import { domainName, groupName, password, username, userPoolId } from '../../core/shapes/common.js'
import { createUserPoolDomain } from '../../core/shapes/domains.js'
import { createGroup } from '../../core/shapes/groups.js'
import { createIdentityProvider } from '../../core/shapes/identity-providers.js'
import { setLogDeliveryConfiguration, setRiskConfiguration } from '../../core/shapes/protection.js'
import { createResourceServer } from '../../core/shapes/resource-servers.js'
import {
  setUserPoolClientSessionConfiguration,
  setUserPoolSessionConfiguration,
} from '../../core/shapes/sessions.js'
import { createUserPool, setUserPoolMfaConfig } from '../../core/shapes/user-pools.js'
import { adminCreateUser } from '../../core/shapes/users.js'
import {
  boolean,
  documented,
  either,
  type Infer,
  integer,
  list,
  map,
  oneOf,
  required,
  type Shape,
  string,
  structure,
  without,
} from '../../lib/shape.js'
import { type UpstreamSeed, upstreamShape } from './upstreams.js'

/**
 * What a seed file may contain: the service's own inputs, put together as a pool, and a few members of our own that
 * fix what the service would choose.
 */

const appClient = structure({
  ...without(createUserPoolClient.members, 'UserPoolId'),
  ClientId: documented(
    'Fixes the client id. Without it the id is derived from the names of pool and client.',
    string({ min: 1, max: 128, pattern: '[\\w+]+' }),
  ),
  ClientType: documented(
    'DCR for a client that registered itself (POST /oauth2/register). All others are REGULAR.',
    oneOf('REGULAR', 'DCR'),
  ),
  GenerateSecret: documented(
    'Makes the client confidential. The secret is derived from the names of pool and client: anybody can compute it.',
    boolean(),
  ),
  ClientSecret: documented(
    'Makes the client confidential, with this secret.',
    createUserPoolClient.members.ClientSecret,
  ),
  SessionConfiguration: documented(
    'For how long the client takes the sign-in of a browser for its own, as SetUserPoolClientSessionConfiguration takes it.',
    structure(without(setUserPoolClientSessionConfiguration.members, 'UserPoolId', 'ClientId')),
  ),
})

const identityProvider = structure(without(createIdentityProvider.members, 'UserPoolId'))
const resourceServer = structure(without(createResourceServer.members, 'UserPoolId'))
const group = structure(without(createGroup.members, 'UserPoolId'))

const attributeValue = either(string({ sensitive: true, max: 2048 }), boolean(), integer())

const user = structure({
  Username: required(username),
  UserAttributes: documented(
    'A map from attribute to value, or a list of {Name, Value} as AdminCreateUser takes it.',
    either(map(string({ min: 1, max: 32 }), attributeValue), adminCreateUser.members.UserAttributes),
  ),
  TemporaryPassword: documented(
    'The user has to choose another password at the first sign-in (FORCE_CHANGE_PASSWORD).',
    adminCreateUser.members.TemporaryPassword,
  ),
  Password: documented('A permanent password: the user is CONFIRMED.', password),
  MessageAction: documented(
    'Nobody is sent an invitation: SUPPRESS is what happens anyway.',
    oneOf('SUPPRESS'),
  ),
  Sub: documented(
    'Fixes the `sub`. Without it the value is derived from the names of pool and user.',
    string({ pattern: '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}' }),
  ),
  Groups: documented('Groups of this pool that the user is in.', list(groupName, { max: 100 })),
  SoftwareTokenSecret: documented(
    'The user has an authenticator app with this secret, in base32, and is asked for its codes.',
    string({ sensitive: true, min: 16, max: 128, pattern: '[A-Z2-7]+' }),
  ),
})

const privateKey = either(
  string({ sensitive: true }),
  map(string(), either(string({ sensitive: true }), list(string()), boolean())),
)

const functionMembers = {
  Function: required(string({ min: 1, max: 2048 })),
  InlineCode: documented(
    'JavaScript in the place of a file; Function is then the handler within it, such as index.handler.',
    string(),
  ),
  Environment: documented('Variables that the function of a file finds.', map(string(), string())),
  Timeout: documented(
    'Seconds that the function has to answer: 5, unless said otherwise.',
    integer({ min: 1, max: 900 }),
  ),
  Attempts: documented(
    'How often a function that does not answer is called: 3, unless said otherwise.',
    integer({ min: 1, max: 3 }),
  ),
}

const triggerFunction = either(string({ min: 1, max: 2048 }), structure(functionMembers))

const tokenFunction = either(
  string({ min: 1, max: 2048 }),
  structure({
    ...functionMembers,
    Version: documented(
      'The version of the events: the LambdaVersion of PreTokenGenerationConfig, else V1_0, unless said otherwise.',
      oneOf('V1_0', 'V2_0', 'V3_0'),
    ),
  }),
)

const pool = structure({
  ...createUserPool.members,
  // The second factors of MfaConfiguration, and passkeys, as SetUserPoolMfaConfig takes them.
  ...without(setUserPoolMfaConfig.members, 'UserPoolId', 'MfaConfiguration'),
  Id: documented('Fixes the pool id. Without it the id is derived from the name of the pool.', userPoolId),
  Domain: documented(
    'The prefix of the user pool domain. A pool without one has no sign-in pages.',
    domainName,
  ),
  DomainAddress: documented(
    'How the prefix Domain is addressed: "short", by the prefix alone, or "regional", by PREFIX.auth.REGION.amazoncognito.com in the path. Of pools of several regions with one prefix the first has the short address, unless another one says so.',
    oneOf('short', 'regional'),
  ),
  ManagedLoginVersion: documented(
    'The pages of the prefix Domain: 1 for the classic hosted pages, which is the default, 2 for managed login. A CustomDomain has a version of its own.',
    createUserPoolDomain.members.ManagedLoginVersion,
  ),
  CustomDomain: documented(
    'A host name of your own, beside or in place of the prefix.',
    structure({
      Domain: required(createUserPoolDomain.members.Domain.required),
      CertificateArn: required(
        createUserPoolDomain.members.CustomDomainConfig.members.CertificateArn.required,
      ),
      ManagedLoginVersion: createUserPoolDomain.members.ManagedLoginVersion,
      SecurityPolicy: createUserPoolDomain.members.CustomDomainConfig.members.SecurityPolicy,
      Routing: createUserPoolDomain.members.Routing,
    }),
  ),
  SessionConfiguration: documented(
    'Whether the sessions of users are tracked, and how many each may have, as SetUserPoolSessionConfiguration takes it.',
    structure(without(setUserPoolSessionConfiguration.members, 'UserPoolId')),
  ),
  Issuer: documented(
    'The `iss` of tokens: "local" (below the base URL, the default), "aws" (as in the cloud), "request" (by the host that was asked), or a URL.',
    string({ min: 1, max: 2048 }),
  ),
  SigningKeys: documented(
    'Two private RSA keys, each as PEM or JWK. Without them keys are generated.',
    structure({ IdToken: required(privateKey), AccessToken: required(privateKey) }),
  ),
  Triggers: documented(
    'Functions that are called as Lambda triggers: a file and its export (./triggers/sign-up.mjs#handler), the URL of a Runtime Interface Emulator, or an ARN at the Lambda endpoint.',
    structure({
      PreSignUp: triggerFunction,
      PostConfirmation: triggerFunction,
      PreAuthentication: triggerFunction,
      PostAuthentication: triggerFunction,
      PreTokenGeneration: tokenFunction,
      DefineAuthChallenge: triggerFunction,
      CreateAuthChallenge: triggerFunction,
      VerifyAuthChallengeResponse: triggerFunction,
      CustomMessage: triggerFunction,
      CustomEmailSender: triggerFunction,
      CustomSMSSender: triggerFunction,
      UserMigration: triggerFunction,
      InboundFederation: triggerFunction,
    }),
  ),
  Clients: documented('App clients, as CreateUserPoolClient takes them.', list(appClient)),
  IdentityProviders: documented(
    'Other providers users may sign in through, as CreateIdentityProvider takes them.',
    list(identityProvider),
  ),
  ResourceServers: documented(
    'APIs with scopes of their own, as CreateResourceServer takes them.',
    list(resourceServer),
  ),
  Groups: documented('Groups, as CreateGroup takes them.', list(group)),
  ManagedLoginBrandings: documented(
    'Looks of managed login, as CreateManagedLoginBranding takes them. A client is named by its id.',
    list(structure(without(createManagedLoginBranding.members, 'UserPoolId'))),
  ),
  UICustomizations: documented(
    'Looks of the classic pages, as SetUICustomization takes them; without ClientId, or with ALL, for every client.',
    list(structure(without(setUICustomization.members, 'UserPoolId'))),
  ),
  RiskConfigurations: documented(
    'Threat protection, as SetRiskConfiguration takes it; without ClientId, or with ALL, for every client.',
    list(structure(without(setRiskConfiguration.members, 'UserPoolId'))),
  ),
  LogConfigurations: documented(
    'Where logs go, as SetLogDeliveryConfiguration takes it.',
    setLogDeliveryConfiguration.members.LogConfigurations.required,
  ),
  Terms: documented(
    'Terms and privacy policies, as CreateTerms takes them. A client is named by its id.',
    list(structure(without(createTerms.members, 'UserPoolId'))),
  ),
  Users: documented(
    'Users, much as AdminCreateUser takes them. Users that exist are left alone.',
    list(user),
  ),
})

export const seedShape = structure({
  UserPools: required(list(pool)),
  Functions: documented(
    'Functions by their names, with an alias (name:alias), or by ARNs: those that the LambdaConfig of pools names. Each is a file and its export, or the URL of a Runtime Interface Emulator.',
    map(string({ min: 1, max: 2048 }), tokenFunction),
  ),
  UpstreamProviders: documented(
    'Identity providers that are built in, for pools to federate to, as strangers.',
    list(upstreamShape),
  ),
}) satisfies Shape

export type PoolSeed = Infer<typeof pool>
export type ClientSeed = Infer<typeof appClient>
export type ProviderSeed = Infer<typeof identityProvider>
export type ResourceServerSeed = Infer<typeof resourceServer>
export type GroupSeed = Infer<typeof group>
export type UserSeed = Infer<typeof user>
export type PrivateKeySeed = Infer<typeof privateKey>

/** Pools as a seed describes them; references are still in place, because the base URL is not known yet. */
export interface Seed {
  /** The file it came from; absent when a program made it. */
  readonly file?: string
  readonly UserPools: readonly PoolSeed[]
  readonly Functions?: Infer<typeof seedShape>['Functions']
  readonly UpstreamProviders?: readonly UpstreamSeed[]
}
