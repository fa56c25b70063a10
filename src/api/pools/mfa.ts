import { type Collection, put } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type InputOf, operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import { poolOf, type Scope } from '../scope.js'

/** What `SetUserPoolMfaConfig` has set, as it was given. Key: the pool's id. */
export type MfaConfiguration = Omit<InputOf<'SetUserPoolMfaConfig'>, 'UserPoolId'>

export const mfaConfigurations: Collection<MfaConfiguration> = { name: 'mfa-configurations', indexes: {} }

/** A pool's MFA configuration: what was set last, by whichever operation. */
export async function mfaConfigurationOf(
  { service }: Scope,
  pool: UserPool,
): Promise<MfaConfiguration & { MfaConfiguration: string }> {
  const set = (await service.store.get(mfaConfigurations, pool.id))?.record
  return { ...set, MfaConfiguration: set?.MfaConfiguration ?? pool.settings.MfaConfiguration ?? 'OFF' }
}

export const GetUserPoolMfaConfig = operation('GetUserPoolMfaConfig', async (scope, { UserPoolId }) =>
  mfaConfigurationOf(scope, await poolOf(scope, UserPoolId)),
)

export const SetUserPoolMfaConfig = operation('SetUserPoolMfaConfig', async (scope, input) => {
  const { UserPoolId, ...configuration } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureConsistent(configuration, pool)
  await scope.service.store.commit(put(mfaConfigurations, pool.id, configuration))
  return mfaConfigurationOf(scope, pool)
})

/** The rules of §2.1, in the service's words. */
function ensureConsistent(configuration: MfaConfiguration, pool: UserPool): void {
  const { MfaConfiguration: mode = 'OFF', SmsMfaConfiguration, SoftwareTokenMfaConfiguration } = configuration
  const { EmailMfaConfiguration, WebAuthnConfiguration: _passkeys } = configuration
  const factors = [
    SmsMfaConfiguration !== undefined,
    SoftwareTokenMfaConfiguration?.Enabled === true,
    EmailMfaConfiguration !== undefined,
  ].filter(Boolean).length
  ensure(mode !== 'OFF' || factors === 0, () =>
    invalidParameter("Invalid MFA configuration given, can't turn off MFA and configure an MFA together."),
  )
  ensure(mode === 'OFF' || factors > 0, () =>
    invalidParameter(
      "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    ),
  )
  const sender = pool.settings.EmailConfiguration?.EmailSendingAccount ?? 'COGNITO_DEFAULT'
  ensure(EmailMfaConfiguration === undefined || sender !== 'COGNITO_DEFAULT', () =>
    invalidParameter(
      'Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of COGNITO_DEFAULT.',
    ),
  )
}
