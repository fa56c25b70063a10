import type { UserPool } from '../user-pool.js'
import type { Finding } from './finding.js'

/** Words that no part of a prefix may be. */
const reserved = ['aws', 'amazon', 'cognito']

/** Paths directly below the base URL that are taken: a prefix of the same name could not be told from them. */
const takenPaths = new Set(
  `oauth2 saml2 login logout signup confirm resendcode forgotpassword confirmforgotpassword passkeys error
  changepassword mfa health favicon`.split(/\s+/),
)

const prefixForm = '^[a-z0-9](?:[a-z0-9\\-]{0,61}[a-z0-9])?$'

/** What is wrong with the prefix of a user pool domain. */
export function* prefixFindings(prefix: string): Generator<Finding> {
  if (!new RegExp(prefixForm).test(prefix))
    yield {
      path: ['Domain'],
      told: `The domain name contains an invalid character. Domain names can only contain lower-case letters, numbers, and hyphens. Please enter a different name that follows this format: ${prefixForm}`,
      because: `"${prefix}" is no prefix of a domain.`,
      remedy: 'Take 1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.',
    }
  const word = reserved.find(word => prefix.split('-').includes(word))
  if (word !== undefined)
    yield {
      path: ['Domain'],
      told: `Domain cannot contain reserved word: ${word}`,
      because: `"${word}" is reserved: no part of a domain may be called so.`,
      remedy: `Choose a prefix without the word ${word}.`,
    }
  if (takenPaths.has(prefix))
    yield {
      path: ['Domain'],
      told: 'Domain already associated with another user pool.',
      because: `"${prefix}" is taken: it is a path of the sign-in pages.`,
      remedy: `Choose another prefix, such as ${prefix}-app.`,
    }
}

/** A name of three or more labels. */
const subdomainForm = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?){2,}$/

/** What is wrong with a custom domain. */
export function* customDomainFindings(name: string): Generator<Finding> {
  if (!subdomainForm.test(name))
    yield {
      path: ['Domain'],
      told: 'Custom domain is not a valid subdomain',
      because: `"${name}" is not a name below a domain of your own.`,
      remedy: 'Take a host name of at least three parts, such as auth.example.com.',
    }
}

/** What is wrong with a version of the hosted pages: 1 is classic, 2 managed login. */
export function* pageVersionFindings(
  { settings }: Pick<UserPool, 'settings'>,
  version: number | undefined,
): Generator<Finding> {
  if (version === 2 && settings.UserPoolTier === 'LITE')
    yield {
      path: ['ManagedLoginVersion'],
      code: 'FeatureUnavailableInTierException',
      told: 'The following feature is not available for the LITE pricing tier configured: Managed Login Version 2',
      because: 'The tier LITE has the classic hosted pages only.',
      remedy: 'Set UserPoolTier to ESSENTIALS, or ManagedLoginVersion to 1.',
    }
}
