import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Ask, Members, ReadCall } from './calls.js'

/** A pool on AWS could not be read. The message says what to do. */
export class RealPoolError extends Error {
  override readonly name = 'RealPoolError'
}

const sdkName = '@aws-sdk/client-cognito-identity-provider'

interface Sdk {
  readonly CognitoIdentityProviderClient: new (configuration: object) => Client
  readonly [command: `${string}Command`]: new (input: Members) => unknown
}

interface Client {
  send(command: unknown): Promise<Members>
  destroy(): void
}

/**
 * Asks AWS by the SDK of the person's own project, with the credentials that its default chain finds.
 * @param folder where the project is
 * @throws RealPoolError when there is no SDK; what is asked throws one with a remedy, too
 */
export function askAws(region: string, folder: string): { readonly ask: Ask; close(): void } {
  const sdk = sdkIn(folder)
  // Pauses are ours: one attempt a call.
  const client = new sdk.CognitoIdentityProviderClient({ region, maxAttempts: 1 })
  return {
    async ask(call, input) {
      const Command = sdk[`${call}Command`]
      if (Command === undefined) return withoutCall(call)
      try {
        const { $metadata: _about, ...members } = await client.send(new Command(input))
        return members
      } catch (error) {
        throw told(error, call) ?? error
      }
    },
    close: () => client.destroy(),
  }
}

function sdkIn(folder: string): Sdk {
  try {
    return createRequire(join(folder, 'package.json'))(sdkName) as Sdk
  } catch {
    throw new RealPoolError(
      `Pools on AWS are read by the AWS SDK of your own project, and ${folder} has none. Add it: npm install --save-dev ${sdkName}`,
    )
  }
}

/** An older SDK does not have the newest calls: what they are about is left out. */
function withoutCall(call: ReadCall): Members {
  const error = new Error(`This SDK has no ${call}.`)
  error.name = 'ResourceNotFoundException'
  if (/^(List|Get|Describe)(Terms|ManagedLogin|Log|UserPool(Client)?Session)/.test(call)) throw error
  throw new RealPoolError(`The AWS SDK of this project has no ${call}. Update ${sdkName}.`)
}

function told(error: unknown, call: ReadCall): RealPoolError | undefined {
  if (!(error instanceof Error)) return undefined
  switch (error.name) {
    case 'CredentialsProviderError':
      return new RealPoolError(
        `There are no credentials for AWS: ${error.message} Sign in (aws sso login), or name a profile: AWS_PROFILE=NAME.`,
      )
    case 'AccessDeniedException':
    case 'NotAuthorizedException':
      return new RealPoolError(
        `AWS does not let these credentials call ${call}: ${error.message} What they need is printed by rockpool import --from-aws POOL_ID --print-policy.`,
      )
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'UnrecognizedClientException':
      return new RealPoolError(
        `AWS does not take these credentials: ${error.message} Sign in again (aws sso login).`,
      )
    default:
      return undefined
  }
}
