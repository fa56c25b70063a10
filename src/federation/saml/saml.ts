import { samlEntityId, samlResponsePath } from '../../core/addresses.js'
import { takenAssertions } from '../../core/collections.js'
import { insert, keyOf } from '../../core/ports/store.js'
import { ensure } from '../../core/refusal.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import type {
  Answered,
  Departure,
  Leaving,
  ProviderType,
  ReturnAddress,
  Vouching,
} from '../../flows/federation/provider-type.js'
import type { Service } from '../../flows/service.js'
import { samlEncryptionOf, samlSigningOf } from '../../tokens/saml-signing.js'
import type { UpstreamCall } from '../upstream-call.js'
import { metadataOfProviders } from './metadata.js'
import * as refusals from './refusals.js'
import { authnRequest, requestHead } from './request.js'
import { samlSignOut } from './sign-out.js'

const invalid = 'Invalid samlResponse or relayState from identity provider'

/** The assertion consumer service: where providers post their responses to. */
const assertionConsumer: ReturnAddress = {
  path: samlResponsePath,
  method: 'POST',
  stateParameter: 'RelayState',
  told: {
    missing: "Required String parameter 'RelayState' is not present",
    invalid,
    elsewhere: 'Invalid State/RelayState provided',
  },
}

/**
 * Providers of the type `SAML` (docs/facts/saml-and-social.md): the web browser profile, requests by redirect and responses by
 * POST. What reads XML is loaded with the first sign-in.
 */
export function saml(service: Service, call: UpstreamCall): ProviderType {
  const metadata = metadataOfProviders(service, call)
  const { store, clock, recorder } = service

  return {
    returnsTo: assertionConsumer,
    begin,
    finish,
    async prepare(provider) {
      await metadata.read(provider)
    },
    refusalOf: refusals.ofSamlResponse,
    beginsItself: ({ details }) => details.IDPInit === 'true',
    requestOf,
    signOut: samlSignOut(service, metadata),
  }

  async function begin({ provider, request, state, callbackUrl }: Leaving): Promise<Departure> {
    const { pool } = request
    const { ssoUrl } = await metadata.of(provider)
    const { redirectUrl } = await import('../../saml/redirect.js')
    const head = requestHead(service, pool, ssoUrl)
    const xml = authnRequest(head, callbackUrl)
    recorder.note('upstream-message', { provider: provider.name, sent: xml })
    const key =
      provider.details.RequestSigningAlgorithm === undefined
        ? undefined
        : (await samlSigningOf(service, pool.id)).privateKey
    const redirectTo = redirectUrl(ssoUrl, 'SAMLRequest', { xml, relayState: state }, key)
    return { onward: { redirectTo }, remembered: { requestId: head.id } }
  }

  async function finish({ provider, pool, answer, callbackUrl, remembered }: Answered): Promise<Vouching> {
    const known = await metadata.of(provider)
    const [{ provenAssertion }, { attributesOf, subjectOf }, { endOfAssertion }] = await Promise.all([
      import('./response.js'),
      import('./subject.js'),
      import('./conditions.js'),
    ])
    const now = clock.now()
    const received = Buffer.from((answer.SAMLResponse ?? '').slice(0, 100_000), 'base64').toString('utf8')
    recorder.note('upstream-message', { provider: provider.name, received })
    if (/xmldsig#rsa-sha1"/.test(received))
      recorder.note('warning', {
        warning: `${provider.name} signs with rsa-sha1, which is taken here. Whether Cognito takes it is not documented.`,
        remedy: `Let ${provider.name} sign with rsa-sha256.`,
      })
    const assertion = await provenAssertion(answer.SAMLResponse, {
      provider,
      metadata: known,
      audience: samlEntityId(pool),
      acs: callbackUrl,
      requestId: remembered?.requestId,
      now,
      decryptionKey: async () => (await samlEncryptionOf(service, provider)).privateKey,
    })
    const subject = subjectOf(provider, assertion)
    const id = assertion.getAttribute('ID') ?? ''
    const isNew = await store.commit(
      insert(
        takenAssertions,
        keyOf(provider.poolId, provider.name, id),
        {},
        {
          expiresAt: endOfAssertion(assertion, now),
        },
      ),
    )
    ensure(isNew, () => refusals.replayed(provider, id))
    const attributes = attributesOf(assertion)
    recorder.note('upstream-claims', { provider: provider.name, nameId: subject.nameId, attributes })
    return {
      claims: { ...attributes, NameID: subject.nameId },
      sources: { samlResponse: attributes },
      issuer: known.entityId,
      session: { ...subject },
    }
  }
}

/** What a RelayState asks for where the provider began by itself: it is the query of an authorize request (§3). */
function requestOf(relayState: string): Parameters {
  const parameters = Object.fromEntries(new URLSearchParams(relayState))
  const { redirect_uri: redirectUri } = parameters
  // Some consoles of providers encode what they are given a second time.
  return redirectUri !== undefined && /^https?%3A/i.test(redirectUri)
    ? { ...parameters, redirect_uri: decodeURIComponent(redirectUri) }
    : parameters
}
