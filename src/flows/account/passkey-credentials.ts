import type { RegistrationResponseJSON } from '@simplewebauthn/server'
import { type Passkey, passkeyAlgorithms } from '../../core/passkey.js'
import { ensure } from '../../core/refusal.js'
import * as refusals from './passkey-refusals.js'

/**
 * What browsers make of the options: `RegistrationResponseJSON` and `AuthenticationResponseJSON` of Web Authentication. Whom
 * they are for is judged by the flow; the library, which is loaded with the first use of a passkey, judges the cryptography.
 */

/** What the browser signed for. */
export interface ClientData {
  readonly challenge: string
  readonly origin: string
}

/** A new passkey as a browser presents it. */
export interface Attestation extends Pick<Passkey, 'attachment' | 'transports'> {
  readonly clientData: ClientData
  /** Proves that the authenticator has made it for this relying party. */
  readonly verify: (
    relyingPartyId: string,
    requireUserVerification: boolean,
  ) => Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter'>>
}

/** Reads the answer to `navigator.credentials.create()`. */
export function attestationOf(answer: unknown): Attestation {
  const { members, response, clientData } = credentialOf(answer, ['attestationObject'])
  const { authenticatorAttachment: attachment } = members
  const given: unknown = response.transports
  return {
    clientData,
    ...(attachment === 'platform' || attachment === 'cross-platform' ? { attachment } : {}),
    transports: Array.isArray(given) ? transports.filter(known => given.includes(known)) : [],
    verify: (relyingPartyId, requireUserVerification) =>
      verifiedKey(members as never, clientData, relyingPartyId, requireUserVerification),
  }
}

/** Ways to an authenticator that Web Authentication knows. */
const transports = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal']

async function verifiedKey(
  response: RegistrationResponseJSON,
  { challenge, origin }: ClientData,
  relyingPartyId: string,
  requireUserVerification: boolean,
): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter'>> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: relyingPartyId,
    requireUserVerification,
    supportedAlgorithmIDs: passkeyAlgorithms,
  }).catch((error: Error) => {
    if (error.name === 'UnexpectedRPIDHash') throw refusals.otherRelyingParty(relyingPartyId)
    throw refusals.credentialNotSupported(error.message)
  })
  ensure(verified, () => refusals.credentialNotSupported('the attestation does not verify'))
  const { id, publicKey, counter } = registrationInfo.credential
  return { credentialId: id, publicKey: Buffer.from(publicKey).toString('base64url'), counter }
}

type Members = Readonly<Record<string, unknown>>

/** Reads a credential, a text or parsed, and refuses what is none before anything is made of it. */
export function credentialOf(
  answer: unknown,
  needed: readonly string[],
): { readonly members: Members; readonly response: Members; readonly clientData: ClientData } {
  const members = Object(typeof answer === 'string' ? jsonOf(answer) : answer) as Members
  for (const name of ['id', 'rawId', 'type']) ensureText(members[name], name)
  const response = Object(members.response) as Members
  for (const name of ['clientDataJSON', ...needed]) ensureText(response[name], `response.${name}`)
  const clientData = Object(jsonOf(Buffer.from(String(response.clientDataJSON), 'base64url').toString()))
  for (const name of ['challenge', 'origin'])
    ensureText(clientData[name], `${name} of response.clientDataJSON`)
  return { members, response, clientData }
}

function ensureText(value: unknown, name: string): void {
  ensure(typeof value === 'string' && value !== '', () => refusals.malformedCredential(`${name} is missing`))
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw refusals.malformedCredential('it is no JSON')
  }
}
