import type { Ask, Members } from './calls.js'

/** Asks a Rockpool as an SDK would: it takes any signature. */
export const askRockpool =
  (baseUrl: string, region: string): Ask =>
  async (call, input) => {
    const answer = await fetch(baseUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `AWSCognitoIdentityProviderService.${call}`,
        authorization: `AWS4-HMAC-SHA256 Credential=rockpool/20260101/${region}/cognito-idp/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: JSON.stringify(input),
    })
    const members = JSON.parse((await answer.text()) || '{}') as Members
    if (answer.ok) return members
    const error = new Error(String(members.message ?? answer.status))
    error.name = String(members.__type)
    throw error
  }
