import { passkeys } from '../../core/collections.js'
import type { Passkey } from '../../core/passkey.js'
import { keyOf } from '../../core/ports/store.js'
import { beginRegistration, completeRegistration, removePasskey } from '../../flows/account/passkeys.js'
import { ownerOf } from '../../flows/sign-in/token-owner.js'
import { operation } from '../operations.js'
import { page } from '../pagination.js'
import { timestamp } from '../scope.js'

export const StartWebAuthnRegistration = operation(
  'StartWebAuthnRegistration',
  async (scope, { AccessToken }) => {
    const { pool, client, user } = await ownerOf(scope.service, AccessToken)
    return { CredentialCreationOptions: await beginRegistration(scope.service, pool, client, user.record) }
  },
)

export const CompleteWebAuthnRegistration = operation(
  'CompleteWebAuthnRegistration',
  async (scope, { AccessToken, Credential }) => {
    const { pool, client, user } = await ownerOf(scope.service, AccessToken)
    await completeRegistration(scope.service, pool, client, user.record, Credential)
    return {}
  },
)

const mostListed = 20

export const ListWebAuthnCredentials = operation('ListWebAuthnCredentials', async (scope, input) => {
  const { pool, user } = await ownerOf(scope.service, input.AccessToken)
  // A token stands for the user, who may have another one by the time of the next page.
  const request = { user: user.record.sub }
  const { items, next } = await page(
    'ListWebAuthnCredentials',
    request,
    input.NextToken,
    input.MaxResults || mostListed,
    pageOf => scope.service.store.lookup(passkeys, 'user', keyOf(pool.id, user.record.sub), pageOf),
  )
  return {
    Credentials: items.map(({ record }) => credentialDescription(record)),
    ...(next === undefined ? {} : { NextToken: next }),
  }
})

const credentialDescription = (passkey: Passkey) => ({
  CredentialId: passkey.credentialId,
  FriendlyCredentialName: passkey.friendlyName,
  RelyingPartyId: passkey.relyingPartyId,
  ...(passkey.attachment === undefined ? {} : { AuthenticatorAttachment: passkey.attachment }),
  AuthenticatorTransports: passkey.transports,
  CreatedAt: timestamp(passkey.createdAt),
})

export const DeleteWebAuthnCredential = operation(
  'DeleteWebAuthnCredential',
  async (scope, { AccessToken, CredentialId }) => {
    const { pool, user } = await ownerOf(scope.service, AccessToken)
    await removePasskey(scope.service, pool, user.record, CredentialId)
    return {}
  },
)
