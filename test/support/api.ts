import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderServiceException,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import type { Rockpool } from '../../src/emulator.js'
import { offencesOf } from './model.js'

/** An SDK client, set up as anybody's for an endpoint of their own. Whatever it is answered is compared with the model. */
export function anSdk(t: Test, { baseUrl }: Pick<Rockpool, 'baseUrl'>, region = 'us-east-1') {
  const sdk = new CognitoIdentityProviderClient({
    endpoint: baseUrl,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  })
  readAlong(sdk, (operation, status, body) => {
    for (const offence of offencesOf(operation, status, body)) t.fail(offence)
  })
  t.teardown(() => sdk.destroy())
  return sdk
}

/** Shows what comes back before the SDK makes something of it. */
function readAlong(
  { config: { requestHandler } }: CognitoIdentityProviderClient,
  seen: (operation: string, status: number, body: string) => void,
): void {
  const handle = requestHandler.handle.bind(requestHandler)
  requestHandler.handle = async (request, options) => {
    const { response } = await handle(request, options)
    const body = await text(response.body)
    seen(request.headers['x-amz-target']?.split('.')[1] ?? '', response.statusCode, body)
    response.body = Readable.from([Buffer.from(body)])
    return { response }
  }
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
