import { put, type Write } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { UserPool } from '../../core/user-pool.js'
import { type MfaConfiguration, mfaConfigurationOf, mfaConfigurations } from '../../flows/account/mfa.js'
import { operation } from '../operations.js'
import { invalidParameter } from '../refusals.js'
import { poolOf } from '../scope.js'

export const GetUserPoolMfaConfig = operation('GetUserPoolMfaConfig', async (scope, { UserPoolId }) =>
  mfaConfigurationOf(scope.service, await poolOf(scope, UserPoolId)),
)

export const SetUserPoolMfaConfig = operation('SetUserPoolMfaConfig', async (scope, input) => {
  const { UserPoolId, ...configuration } = input
  const pool = await poolOf(scope, UserPoolId)
  ensureConsistent(configuration, pool)
  await scope.service.store.commit(put(mfaConfigurations, pool.id, configuration))
  return mfaConfigurationOf(scope.service, pool)
})

/** Whether a pool asks for a second factor that needs no text messages. */
export const hasFactorBesideSms = ({
  SoftwareTokenMfaConfiguration,
  EmailMfaConfiguration,
}: MfaConfiguration): boolean =>
  SoftwareTokenMfaConfiguration?.Enabled === true || EmailMfaConfiguration !== undefined

/**
 * The writes by which a mode that `UpdateUserPool` names takes the place of the one that was set before. The factors stay,
 * but OFF ends them: they cannot be without a mode.
 */
export function modeChange(
  pool: UserPool,
  set: MfaConfiguration,
  mode: MfaConfiguration['MfaConfiguration'],
): Write[] {
  if (mode === undefined) return []
  const { WebAuthnConfiguration } = set
  const passkeys = WebAuthnConfiguration === undefined ? {} : { WebAuthnConfiguration }
  return [put(mfaConfigurations, pool.id, { ...(mode === 'OFF' ? passkeys : set), MfaConfiguration: mode })]
}

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
