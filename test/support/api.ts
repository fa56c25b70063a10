import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderServiceException,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import type { Rockpool } from '../../src/emulator.js'

/** An SDK client, set up as anybody's for an endpoint of their own. */
export function anSdk(t: Test, { baseUrl }: Pick<Rockpool, 'baseUrl'>, region = 'us-east-1') {
  const sdk = new CognitoIdentityProviderClient({
    endpoint: baseUrl,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  t.teardown(() => sdk.destroy())
  return sdk
}

/** What an operation is refused with: name and message. */
export async function refusal(asked: Promise<unknown>): Promise<[name: string, message: string]> {
  try {
    await asked
  } catch (error) {
    const { name, message } = error as CognitoIdentityProviderServiceException
    return [name, message]
  }
  return ['nothing', 'it succeeded']
}
