import { wholePasswordPolicy } from '../../core/password.js'
import { createUserPool } from '../../core/shapes/user-pools.js'
import { text } from './intrinsics.js'
import { type Declared, plain, present } from './properties.js'
import { nameOf, poolIdOf } from './return-values.js'
import { isJsonMap, type Json, type JsonMap } from './source.js'
import type { World } from './stack.js'

/** The properties of `AWS::Cognito::UserPool` as a seed has them, the second factors among them. */

/** Properties of CloudFormation that the API has elsewhere. */
const elsewhere = [
  'UserPoolName',
  'EnabledMfas',
  'EmailAuthenticationMessage',
  'EmailAuthenticationSubject',
  'WebAuthnRelyingPartyID',
  'WebAuthnUserVerification',
  'WebAuthnFactorConfiguration',
]

export function poolMembers(world: World, pool: Declared): JsonMap {
  const { resource, properties } = pool
  const members = plain(world, pool, createUserPool.members, elsewhere)
  const mfa = mfaMode(properties.MfaConfiguration)
  return {
    PoolName: nameOf(resource, 'UserPoolName'),
    Id: poolIdOf(resource),
    ...members,
    ...(properties.Policies === undefined ? {} : { Policies: policies(members.Policies) }),
    ...(members.Schema === undefined ? {} : { Schema: schema(members.Schema) }),
    ...(mfa === undefined ? {} : { MfaConfiguration: mfa }),
    ...factors(properties, mfa),
  }
}

/** Unquoted `ON` and `OFF` are booleans to YAML 1.1, which some tools write. */
const mfaMode = (given: Json | undefined): string | undefined =>
  given === undefined ? undefined : given === true ? 'ON' : given === false ? 'OFF' : text(given)

/** What is left out of a password policy that is given is false, whatever a pool without one has. */
function policies(given: Json | undefined): Json {
  if (!isJsonMap(given) || !isJsonMap(given.PasswordPolicy)) return given ?? {}
  return {
    ...given,
    PasswordPolicy: wholePasswordPolicy(given.PasswordPolicy),
  }
}

/** An attribute that is declared without `Mutable` is immutable, standard ones too. */
const schema = (given: Json): Json =>
  Array.isArray(given) ? given.map((one: Json) => (isJsonMap(one) ? { Mutable: false, ...one } : one)) : given

/** `EnabledMfas` and its neighbours, as SetUserPoolMfaConfig takes them. */
function factors(properties: JsonMap, mfa: string | undefined): JsonMap {
  const { EnabledMfas, EmailAuthenticationMessage, EmailAuthenticationSubject } = properties
  const { WebAuthnRelyingPartyID, WebAuthnUserVerification, WebAuthnFactorConfiguration } = properties
  const enabled = Array.isArray(EnabledMfas) && mfa !== undefined && mfa !== 'OFF' ? EnabledMfas : []
  const { SmsAuthenticationMessage, SmsConfiguration } = properties
  return {
    ...(enabled.includes('SMS_MFA') && SmsConfiguration !== undefined
      ? { SmsMfaConfiguration: present({ SmsAuthenticationMessage, SmsConfiguration }) }
      : {}),
    ...(enabled.includes('SOFTWARE_TOKEN_MFA') ? { SoftwareTokenMfaConfiguration: { Enabled: true } } : {}),
    ...(enabled.includes('EMAIL_OTP')
      ? {
          EmailMfaConfiguration: present({
            Message: EmailAuthenticationMessage,
            Subject: EmailAuthenticationSubject,
          }),
        }
      : {}),
    ...(WebAuthnRelyingPartyID === undefined && WebAuthnUserVerification === undefined
      ? {}
      : {
          WebAuthnConfiguration: present({
            RelyingPartyId: WebAuthnRelyingPartyID,
            UserVerification: WebAuthnUserVerification,
            FactorConfiguration: WebAuthnFactorConfiguration,
          }),
        }),
  }
}
