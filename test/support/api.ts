import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import {
  CognitoIdentityProviderClient,
  type CognitoIdentityProviderClientConfig,
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
    requestHandler: readingAlong((operation, status, body) => {
      for (const offence of offencesOf(operation, status, body)) t.fail(offence)
    }),
  })
  t.teardown(() => sdk.destroy())
  return sdk
}

type Handler = Extract<CognitoIdentityProviderClientConfig['requestHandler'], { handle: unknown }>

/** What the SDK asks a handler to send. */
interface Sent {
  readonly method: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly headers: Record<string, string>
  readonly body: string
}

/**
 * Sends what the SDK sends, and shows what comes back before the SDK makes something of it. The names below `localhost` lead to
 * this machine, as browsers have it. It does less than the SDK's own handler and than `fetch`, of which the tests ask thousands of times.
 */
function readingAlong(seen: (operation: string, status: number, body: string) => void): Handler {
  const agent = new Agent({ keepAlive: true })
  const send = ({ method, hostname, port, path, headers, body }: Sent) =>
    new Promise<{ statusCode: number; headers: IncomingHttpHeaders; body: Buffer }>((answered, failed) => {
      const asked = request({
        host: hostname.endsWith('.localhost') ? '127.0.0.1' : hostname,
        port,
        path,
        method,
        headers: { ...headers, host: `${hostname}:${port}` },
        agent,
      })
      asked.on('error', failed).on('response', response => {
        const chunks: Buffer[] = []
        const { statusCode = 0 } = response
        response
          .on('error', failed)
          .on('data', chunk => chunks.push(chunk))
          .on('end', () => answered({ statusCode, headers: response.headers, body: Buffer.concat(chunks) }))
      })
      asked.end(body)
    })
  return {
    handle: async (asked: Sent) => {
      const response = await send(asked)
      seen(asked.headers['x-amz-target']?.split('.')[1] ?? '', response.statusCode, response.body.toString())
      return { response }
    },
    destroy: () => agent.destroy(),
    updateHttpClientConfig: () => {},
    httpHandlerConfigs: () => ({}),
  } as unknown as Handler
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
