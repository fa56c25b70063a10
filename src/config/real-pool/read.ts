import type { Ask, Members, ReadCall } from './calls.js'

/** What the calls answered of one pool. */
export interface PoolAnswers {
  readonly pool: Members
  readonly mfa: Members
  readonly clients: readonly Members[]
  readonly providers: readonly Members[]
  readonly resourceServers: readonly Members[]
  readonly groups: readonly Members[]
  readonly domains: readonly Members[]
  readonly looks: readonly Members[]
  readonly brandings: readonly Members[]
  readonly terms: readonly Members[]
  readonly risks: readonly Members[]
  readonly logs: readonly unknown[]
  /** How sessions of users are tracked; empty where it was never set. */
  readonly sessions: Members
  /** Of each client, with its id. */
  readonly clientSessions: readonly Members[]
}

/** A user with the names of their groups. */
export interface ReadUser {
  readonly user: Members
  readonly groups: readonly string[]
}

/** Entries that a page has at most. */
const pageSize = 60

/** Reads the whole configuration of a pool, one call after the other. */
export async function readPool(ask: Ask, UserPoolId: string): Promise<PoolAnswers> {
  const own = { UserPoolId }
  const pool = membersOf((await ask('DescribeUserPool', own)).UserPool)
  const clients: Members[] = []
  for (const { ClientId } of await listed(ask, 'ListUserPoolClients', own, 'UserPoolClients'))
    clients.push(membersOf((await ask('DescribeUserPoolClient', { ...own, ClientId })).UserPoolClient))
  const providers: Members[] = []
  for (const { ProviderName } of await listed(ask, 'ListIdentityProviders', own, 'Providers'))
    providers.push(
      membersOf((await ask('DescribeIdentityProvider', { ...own, ProviderName })).IdentityProvider),
    )
  const groups = await listed(ask, 'ListGroups', own, 'Groups')
  const domains: Members[] = []
  for (const Domain of [pool.Domain, pool.CustomDomain])
    if (typeof Domain === 'string')
      domains.push(membersOf((await ask('DescribeUserPoolDomain', { Domain })).DomainDescription))
  return {
    pool,
    mfa: await ask('GetUserPoolMfaConfig', own),
    clients,
    providers,
    resourceServers: await listed(ask, 'ListResourceServers', own, 'ResourceServers', { limit: 50 }),
    // A provider brings its own group along.
    groups: groups.filter(
      ({ GroupName }) => !providers.some(({ ProviderName }) => GroupName === `${UserPoolId}_${ProviderName}`),
    ),
    domains,
    ...(await looksOf(ask, own, clients)),
    ...(await sessionsOf(ask, own, clients)),
  }
}

/** Looks, terms, threat protection and logs, of the pool and of each client. What is not set is left out. */
async function looksOf(
  ask: Ask,
  own: { readonly UserPoolId: string },
  clients: readonly Members[],
): Promise<Pick<PoolAnswers, 'looks' | 'brandings' | 'terms' | 'risks' | 'logs'>> {
  const looks: Members[] = []
  const brandings: Members[] = []
  const risks: Members[] = []
  for (const ClientId of ['ALL', ...clients.map(client => client.ClientId)]) {
    const look = await orNothing(ask('GetUICustomization', { ...own, ClientId }), 'UICustomization')
    // A client without a look of its own shows that of all.
    if (look.CSS !== undefined && (ClientId === 'ALL' || look.CSS !== looks[0]?.CSS))
      looks.push({ ...look, ClientId })
    const ofClient = ClientId === 'ALL' ? {} : { ClientId }
    const risk = await orNothing(
      ask('DescribeRiskConfiguration', { ...own, ...ofClient }),
      'RiskConfiguration',
    )
    if (
      Object.keys(risk).some(name => name.endsWith('Configuration')) &&
      (ClientId === 'ALL' || risk.ClientId === ClientId)
    )
      risks.push(risk)
    if (ClientId === 'ALL') continue
    const branding = await orNothing(
      ask('DescribeManagedLoginBrandingByClient', { ...own, ClientId }),
      'ManagedLoginBranding',
    )
    if (branding.ManagedLoginBrandingId !== undefined) brandings.push({ ...branding, ClientId })
  }
  const terms: Members[] = []
  for (const { TermsId } of await listed(ask, 'ListTerms', own, 'Terms'))
    terms.push(membersOf((await ask('DescribeTerms', { ...own, TermsId })).Terms))
  const delivery = await orNothing(ask('GetLogDeliveryConfiguration', own), 'LogDeliveryConfiguration')
  const logs = Array.isArray(delivery.LogConfigurations) ? delivery.LogConfigurations : []
  return { looks, brandings, terms, risks, logs }
}

/** How sessions are tracked. Clients have settings of their own where they are. */
async function sessionsOf(
  ask: Ask,
  own: { readonly UserPoolId: string },
  clients: readonly Members[],
): Promise<Pick<PoolAnswers, 'sessions' | 'clientSessions'>> {
  const sessions = await orEmpty(ask('GetUserPoolSessionConfiguration', own))
  const clientSessions: Members[] = []
  if (sessions.UserSessionTracking === 'ENABLED')
    for (const { ClientId } of clients)
      clientSessions.push(await orEmpty(ask('GetUserPoolClientSessionConfiguration', { ...own, ClientId })))
  return { sessions, clientSessions }
}

/**
 * Reads users, with their groups.
 * @param most how many, at most
 */
export async function readUsers(
  ask: Ask,
  UserPoolId: string,
  groups: readonly Members[],
  most: number,
): Promise<ReadUser[]> {
  const users = await listed(ask, 'ListUsers', { UserPoolId }, 'Users', { most })
  const memberships = new Map<unknown, string[]>()
  for (const { GroupName } of groups)
    for (const { Username } of await listed(ask, 'ListUsersInGroup', { UserPoolId, GroupName }, 'Users'))
      memberships.set(Username, [...(memberships.get(Username) ?? []), String(GroupName)])
  return users.map(user => ({ user, groups: memberships.get(user.Username) ?? [] }))
}

/** All pages of a list; `ListUsers` calls its token and its limit otherwise. */
async function listed(
  ask: Ask,
  call: ReadCall,
  input: Members,
  member: string,
  {
    limit = pageSize,
    most = Number.POSITIVE_INFINITY,
  }: { readonly limit?: number; readonly most?: number } = {},
): Promise<Members[]> {
  const [tokenName, limitName] =
    call === 'ListUsers'
      ? ['PaginationToken', 'Limit']
      : call === 'ListUsersInGroup' || call === 'ListGroups'
        ? ['NextToken', 'Limit']
        : ['NextToken', 'MaxResults']
  const found: Members[] = []
  let token: unknown
  do {
    const answer = await ask(call, {
      ...input,
      [limitName]: limit,
      ...(token === undefined ? {} : { [tokenName]: token }),
    })
    const entries = answer[member]
    found.push(...(Array.isArray(entries) ? (entries as Members[]) : []))
    token = answer[tokenName]
  } while (token !== undefined && token !== null && found.length < most)
  return found.slice(0, most)
}

const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null ? (value as Members) : {}

/** What is not set is an error for some calls, and an empty answer for others. */
const orNothing = async (asked: Promise<Members>, member: string): Promise<Members> =>
  membersOf((await orEmpty(asked))[member])

/** An answer, or an empty one where the pool, its plan or AWS itself does not have what was asked for. */
async function orEmpty(asked: Promise<Members>): Promise<Members> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof Error && lacking.test(error.name)) return {}
    throw error
  }
}

const lacking =
  /^(ResourceNotFound|UserPoolAddOnNotEnabled|FeatureUnavailableInTier|OperationNotEnabled|UnknownOperation)Exception$/
