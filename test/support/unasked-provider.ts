/** An upstream that is never asked: its endpoints are set by hand. */
export const unaskedProvider = (ProviderName: string, IdpIdentifiers: string[] = []) => ({
  ProviderName,
  ProviderType: 'OIDC',
  ProviderDetails: {
    client_id: 'x',
    client_secret: 's',
    authorize_scopes: 'openid',
    attributes_request_method: 'GET',
    oidc_issuer: 'https://up.example',
    authorize_url: 'https://up.example/authorize',
    token_url: 'https://up.example/token',
    attributes_url: 'https://up.example/me',
    jwks_uri: 'https://up.example/keys',
  },
  IdpIdentifiers,
})
