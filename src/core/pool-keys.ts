/** The private keys of a pool as they are kept: PKCS #8, PEM. */
export interface StoredKeys {
  readonly idToken: string
  readonly accessToken: string
}

/** The key by which a pool signs SAML requests, and the certificate that identity providers know it by, both in base64 of DER. */
export interface SamlSigning {
  /** PKCS #8. */
  readonly privateKey: string
  /** X.509. */
  readonly certificate: string
}
