import { completeSchema, isStandardAttribute } from '../../../core/schema.js'
import type { UserPool } from '../../../core/user-pool.js'
import { parseUrl } from '../../../lib/url.js'
import { clientIdOf, poolIdOf } from '../identifiers.js'
import type { Place } from '../mistakes.js'
import type { Draft, PoolSeed } from '../shape.js'
import { privateKeyPem } from '../signing-keys.js'
import { checkClient } from './clients.js'
import type { Located, PoolDraft } from './draft.js'
import { each, unique } from './lists.js'
import { checkSupport } from './not-yet.js'
import { checkProviders } from './providers.js'
import { checkUsers } from './users.js'

/** Checks what shapes cannot say: names that must exist, names that must not collide, settings that contradict. */
export function checkPools(pools: readonly Located[]): void {
  unique(
    'pool name',
    pools.map(({ seed, place }) => [seed.PoolName, place.at('PoolName')]),
  )
  unique(
    'pool id',
    pools.map(({ seed, place }) => [poolIdOf(seed), place.at('Id')]),
  )
  unique(
    'domain',
    pools.map(({ seed, place }) => [seed.Domain, place.at('Domain')]),
  )
  unique(
    'client id',
    pools.flatMap(({ seed, place }) =>
      each(seed.Clients, place.at('Clients')).map(
        ([client, at]) => [clientIdOf(seed, client), at.at('ClientId')] as const,
      ),
    ),
  )
  for (const located of pools) checkPool(located)
}

function checkPool({ seed, place }: Located): void {
  checkSettings(seed, place)
  checkMfa(seed, place)
  checkSupport({ seed, place })
  checkSchema(seed, place.at('Schema'))
  checkSigningKeys(seed, place.at('SigningKeys'))
  const draft: PoolDraft = { seed, place, pool: draftOf(seed) }
  const resourceServers = each(seed.ResourceServers, place.at('ResourceServers'))
  unique(
    'identifier',
    resourceServers.map(([{ Identifier }, at]) => [Identifier, at.at('Identifier')]),
  )
  for (const [{ Scopes }, at] of resourceServers)
    unique(
      'scope',
      each(Scopes, at.at('Scopes')).map(([{ ScopeName }, its]) => [ScopeName, its.at('ScopeName')]),
    )
  unique(
    'group name',
    each(seed.Groups, place.at('Groups')).map(([{ GroupName }, at]) => [GroupName, at.at('GroupName')]),
  )
  checkProviders(draft)
  for (const [client, at] of each(seed.Clients, place.at('Clients'))) checkClient(client, at, draft)
  checkUsers(draft)
}

/** The rules of the pool ask for a pool: this is the one that comes about if the rest is mended. */
function draftOf(seed: Draft<PoolSeed>): UserPool {
  const declared = each(seed.Schema, undefined).map(([attribute]) => attribute)
  return {
    id: poolIdOf(seed),
    name: seed.PoolName ?? '',
    settings: seed as UserPool['settings'],
    schema: completeSchema(declared as PoolSeed['Schema']),
    issuer: 'local',
    createdAt: 0,
    modifiedAt: 0,
  }
}

/** Paths directly below the base URL that are taken. */
const takenPaths = new Set(
  `oauth2 saml2 login logout signup confirm resendcode forgotpassword confirmforgotpassword passkeys error
  changepassword mfa health favicon`.split(/\s+/),
)

function checkSettings(seed: Draft<PoolSeed>, place: Place): void {
  const { Domain, Issuer, Policies, AdminCreateUserConfig } = seed
  if (seed.AliasAttributes?.length && seed.UsernameAttributes?.length)
    place
      .at('UsernameAttributes')
      .wrong('Only one of AliasAttributes and UsernameAttributes can be set in a pool.')
  if (
    Policies?.PasswordPolicy?.TemporaryPasswordValidityDays &&
    AdminCreateUserConfig?.UnusedAccountValidityDays
  )
    place
      .at('AdminCreateUserConfig', 'UnusedAccountValidityDays')
      .wrong('Leave this out: TemporaryPasswordValidityDays in the PasswordPolicy says the same.')
  const reserved = Domain?.split('-').find(part => ['aws', 'amazon', 'cognito'].includes(part))
  if (reserved !== undefined)
    place.at('Domain').wrong(`"${reserved}" is reserved: no part of a domain may be called so.`)
  if (Domain !== undefined && takenPaths.has(Domain))
    place.at('Domain').wrong(`"${Domain}" is taken: it is a path of the sign-in pages.`)
  if (Issuer !== undefined && !issuerModes.includes(Issuer)) checkIssuer(Issuer, place.at('Issuer'))
}

/** A mode needs a factor, and a factor a mode (user-pools-api.md §2.1). */
function checkMfa(seed: Draft<PoolSeed>, place: Place): void {
  const { MfaConfiguration: mode = 'OFF', SmsConfiguration, EmailConfiguration, Users } = seed
  const { SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration } = seed
  const app = SoftwareTokenMfaConfiguration?.Enabled === true
  const factors = [SmsMfaConfiguration, app || undefined, EmailMfaConfiguration].filter(Boolean)
  if (mode === 'OFF' && factors.length > 0)
    place.at('MfaConfiguration').wrong('A second factor needs MfaConfiguration to be ON or OPTIONAL.')
  if (mode !== 'OFF' && factors.length === 0 && SmsConfiguration === undefined)
    place
      .at('MfaConfiguration')
      .wrong(`${mode} needs a second factor, such as SoftwareTokenMfaConfiguration: { Enabled: true }.`)
  if (EmailMfaConfiguration !== undefined && EmailConfiguration?.EmailSendingAccount !== 'DEVELOPER')
    place
      .at('EmailMfaConfiguration')
      .wrong('Codes by mail need an EmailConfiguration whose EmailSendingAccount is DEVELOPER.')
  for (const [{ SoftwareTokenSecret }, at] of each(Users, place.at('Users')))
    if (SoftwareTokenSecret !== undefined && (!app || mode === 'OFF'))
      at.at('SoftwareTokenSecret').wrong('The pool has no authenticator apps: enable them.')
}

const issuerModes = ['local', 'aws', 'request']

function checkIssuer(issuer: string, place: Place): void {
  const url = parseUrl(issuer)
  if (url === undefined || !/^https?:$/.test(url.protocol))
    place.wrong(`"${issuer}" is neither "local", "aws" or "request" nor a URL.`, {
      given: issuer,
      valid: issuerModes,
    })
  else if (issuer.endsWith('/') || url.search !== '' || url.hash !== '')
    place.wrong('An issuer has no slash at the end, no query and no fragment.')
}

function checkSchema({ Schema }: Draft<PoolSeed>, place: Place): void {
  const attributes = each(Schema, place)
  unique(
    'attribute',
    attributes.map(([{ Name }, at]) => [Name, at.at('Name')]),
  )
  for (const [attribute, at] of attributes) {
    const { Name, AttributeDataType, Required, StringAttributeConstraints, NumberAttributeConstraints } =
      attribute
    if (Name === undefined) {
      at.wrong('"Name" is missing.')
      continue
    }
    if (/^(dev:)?custom:/.test(Name))
      at.at('Name').wrong('A custom attribute is declared without its prefix.')
    if (!isStandardAttribute(Name)) {
      if (Required) at.at('Required').wrong('Custom attributes cannot be required.')
      if (AttributeDataType === undefined)
        at.wrong(`"AttributeDataType" is missing: "${Name}" is a custom attribute.`)
    }
    checkRange(
      StringAttributeConstraints,
      ['MinLength', 'MaxLength'],
      at.at('StringAttributeConstraints'),
      2048,
    )
    checkRange(NumberAttributeConstraints, ['MinValue', 'MaxValue'], at.at('NumberAttributeConstraints'))
  }
}

function checkRange(
  constraints: { readonly [name: string]: string | undefined } | undefined,
  [least, most]: readonly [string, string],
  place: Place,
  limit = Number.POSITIVE_INFINITY,
): void {
  const [min, max] = [least, most].map(name => {
    const text = constraints?.[name]
    const number = Number(text ?? Number.NaN)
    if (text !== undefined && !/^-?\d+(\.\d+)?$/.test(text))
      place.at(name).wrong(`"${text}" is not a number.`)
    else if (number > limit) place.at(name).wrong(`It can be at most ${limit}.`)
    return number
  })
  if (min !== undefined && max !== undefined && min > max)
    place.at(most).wrong(`${most} is less than ${least}.`)
}

function checkSigningKeys({ SigningKeys }: Draft<PoolSeed>, place: Place): void {
  const pems = (['IdToken', 'AccessToken'] as const).map(name => {
    const key = SigningKeys?.[name]
    if (key === undefined) return undefined
    const pem = privateKeyPem(key)
    if (pem === undefined)
      place.at(name).wrong('This is not a private RSA key of 2048 bits or more, as PEM or JWK.')
    return pem
  })
  if (pems[0] !== undefined && pems[0] === pems[1])
    place
      .at('AccessToken')
      .wrong('The two keys must differ: verifiers tell ID and access tokens apart by them.')
}
