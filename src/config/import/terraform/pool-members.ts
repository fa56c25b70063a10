import { createUserPoolClient } from '../../../core/shapes/app-clients.js'
import { createUserPool, setUserPoolMfaConfig } from '../../../core/shapes/user-pools.js'
import { text } from '../intrinsics.js'
import { isJsonMap, type Json, type JsonMap } from '../source.js'
import { apiMembers } from './arguments.js'
import type { TfResource } from './resources.js'
import { members, type Tf, textOf } from './tf.js'

/** The members of a pool in a seed that are its own: settings, second factors and domains; and its clients. */

export function poolMembers(tf: Tf, pool: TfResource): JsonMap {
  const { values } = pool
  const passwordPolicy = apiMembers(
    {
      policies: [
        { password_policy: values.password_policy ?? [], sign_in_policy: values.sign_in_policy ?? [] },
      ],
    },
    { Policies: createUserPool.members.Policies },
    tf.isPlan,
  )
  const api = apiMembers(values, createUserPool.members, tf.isPlan)
  const mfa = apiMembers(values, mfaMembers, tf.isPlan)
  const factors =
    api.MfaConfiguration !== undefined && api.MfaConfiguration !== 'OFF' && isJsonMap(api.SmsConfiguration)
      ? {
          SmsMfaConfiguration: {
            SmsConfiguration: api.SmsConfiguration,
            ...(api.SmsAuthenticationMessage === undefined
              ? {}
              : { SmsAuthenticationMessage: api.SmsAuthenticationMessage }),
          },
        }
      : {}
  return {
    ...api,
    ...passwordPolicy,
    ...mfa,
    ...factors,
    ...(isJsonMap(api.AccountRecoverySetting)
      ? { AccountRecoverySetting: byPriority(api.AccountRecoverySetting) }
      : {}),
    PoolName: text(values.name ?? ''),
    Id: tf.idOf(pool),
  }
}

const { SoftwareTokenMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration } =
  setUserPoolMfaConfig.members
const mfaMembers = { SoftwareTokenMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration }

/** Terraform keeps the mechanisms as a set. */
const byPriority = (setting: JsonMap): JsonMap => ({
  ...setting,
  ...(Array.isArray(setting.RecoveryMechanisms)
    ? {
        RecoveryMechanisms: setting.RecoveryMechanisms.toSorted(
          (one: Json, other: Json) => priorityOf(one) - priorityOf(other),
        ),
      }
    : {}),
})

const priorityOf = (mechanism: Json): number => (isJsonMap(mechanism) ? Number(mechanism.Priority) : 0)

export function domainMembers(domains: readonly TfResource[]): JsonMap {
  return Object.assign(
    {},
    ...domains.map(({ values: { domain = '', certificate_arn, managed_login_version } }) => {
      const version =
        typeof managed_login_version === 'number' ? { ManagedLoginVersion: managed_login_version } : {}
      return textOf(certificate_arn) === undefined
        ? { Domain: domain, ...version }
        : { CustomDomain: { Domain: domain, CertificateArn: certificate_arn, ...version } }
    }),
  )
}

export function clientMembers(tf: Tf, client: TfResource): JsonMap {
  const { GenerateSecret: _generate, ...rest } = members(tf, client, createUserPoolClient.members)
  const secret = tf.secretOf(client)
  return {
    ...rest,
    ClientName: text(client.values.name ?? client.values.name_prefix ?? client.name),
    ClientId: tf.clientIdOf(client),
    ...(secret === undefined ? {} : { ClientSecret: secret }),
  }
}
