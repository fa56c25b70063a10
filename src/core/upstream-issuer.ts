/**
 * The same issuer, with a slash at the end and without: providers such as Auth0 write it with one, and people configure them
 * without (fact N17). Discovery finds either at the same address, so both name one provider.
 */
const variants = (issuer: string): [string, string] =>
  issuer.endsWith('/') ? [issuer, issuer.slice(0, -1)] : [issuer, `${issuer}/`]

/** What the `iss` of a provider's ID tokens may be, the configured text first. */
export const acceptedIssuers = (issuer = ''): string[] => (issuer === '' ? [] : variants(issuer))

/** Whether what a provider calls itself is the configured issuer, but for a slash at the end. */
export const isSameIssuer = (given: unknown, issuer: string): boolean =>
  acceptedIssuers(issuer).some(accepted => accepted === given)
