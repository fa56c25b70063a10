/**
 * For everything a browser is shown: no frames, no foreign content, no address told to other sites
 * (docs/facts/oauth-and-federation.md §1.4).
 */
export const pageHeaders = {
  'x-frame-options': 'DENY',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  // No form-action: it would also judge the redirect to the app that follows a form (CSP3 §6.1.3).
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'",
}

/** For a page with a script, which is one of ours as well. */
export const withScript = {
  'content-security-policy': pageHeaders['content-security-policy'].replace(';', "; script-src 'self';"),
}
