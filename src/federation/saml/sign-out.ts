import { samlSignOutPath } from '../../core/addresses.js'
import type { SigningOut, SignOut } from '../../flows/federation/provider-type.js'
import type { Service } from '../../flows/service.js'
import { samlSigningOf } from '../../tokens/saml-signing.js'
import type { MetadataOfProviders } from './metadata.js'
import { logoutRequest, requestHead } from './request.js'

/** Single logout (docs/facts/saml-and-social.md §4): a signed request by redirect, whose answer is posted. */
export function samlSignOut(service: Service, metadata: MetadataOfProviders): SignOut {
  const { recorder } = service
  return {
    path: samlSignOutPath,
    stateParameter: 'RelayState',
    begin,

    /** Whatever the provider answers, the user is signed out here: what it refuses is only a warning. */
    finish(name, { SAMLResponse = '' }) {
      const received = Buffer.from(SAMLResponse, 'base64').toString('utf8')
      recorder.note('upstream-message', { provider: name, received })
      if (/status:Success"/.test(received)) return
      recorder.note('warning', {
        warning: `${name} did not say that it has signed the user out: their session there may still last.`,
        remedy: `Look into the log of ${name}. It needs the pool's signing certificate (GetSigningCertificate) to take requests to log out.`,
      })
    },
  }

  async function begin({ provider, pool, session, state }: SigningOut): Promise<string | undefined> {
    const { nameId, format, sessionIndex } = session
    if (provider.details.IDPSignout !== 'true' || nameId === undefined) return undefined
    const { sloUrl } = await metadata.of(provider)
    if (sloUrl === undefined) return undefined
    const { redirectUrl } = await import('../../saml/redirect.js')
    const xml = logoutRequest(requestHead(service, pool, sloUrl), {
      nameId,
      ...(format === undefined ? {} : { format }),
      ...(sessionIndex === undefined ? {} : { sessionIndex }),
    })
    recorder.note('upstream-message', { provider: provider.name, sent: xml })
    const { privateKey } = await samlSigningOf(service, pool.id)
    return redirectUrl(sloUrl, 'SAMLRequest', { xml, relayState: state }, privateKey)
  }
}
