import { Readable } from 'node:stream'
import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
  type CognitoIdentityProviderServiceException,
} from '@aws-sdk/client-cognito-identity-provider'
import type { Test } from 'tap'
import type { Rockpool } from '../../src/emulator.js'
import { fetchBelowLocalhost } from './localhost.js'
import { offencesOf } from './model.js'

/** An SDK client, set up as anybody's for an endpoint of their own. Whatever it is answered is compared with the model. */
export function anSdk(t: Test, { baseUrl }: Pick<Rockpool, 'baseUrl'>, region = 'us-east-1') {
  const sdk = new CognitoIdentityProviderClient({
    endpoint: baseUrl,
    region,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
    requestHandler: readingAlong((operation, status, body) => {
      for (const offence of offencesOf(operation, status, body)) t.fail(offence)
    }),
  })
  t.teardown(() => sdk.destroy())
  return sdk
}

type Handler = Extract<CognitoIdentityProviderClientConfig['requestHandler'], { handle: unknown }>

/** Sends what the SDK sends, and shows what comes back before the SDK makes something of it. */
const readingAlong = (seen: (operation: string, status: number, body: string) => void): Handler =>
  ({
    handle: async (request: {
      method: string
      protocol: string
      hostname: string
      port?: number
      path: string
      headers: Record<string, string>
      body: string
    }) => {
      const { method, protocol, hostname, port, path, headers, body } = request
      const answer = await fetchBelowLocalhost(`${protocol}//${hostname}:${port}${path}`, {
        method,
        headers,
        body,
      })
      const text = await answer.text()
      seen(headers['x-amz-target']?.split('.')[1] ?? '', answer.status, text)
      return {
        response: {
          statusCode: answer.status,
          headers: Object.fromEntries(answer.headers),
          body: Readable.from([Buffer.from(text)]),
        },
      }
    },
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  }) as unknown as Handler

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
