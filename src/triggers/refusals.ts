import type { TriggerName } from '../core/ports/triggers.js'
import { refusal } from '../core/refusal.js'
import type { UserPool } from '../core/user-pool.js'

/** What becomes of a request when a trigger fails, in the service's words (docs/facts/user-pools-api.md §5.4). */

export const threw = refusal(
  'UserLambdaValidationException',
  (name: TriggerName, { name: pool }: UserPool, message: string, where: string) => ({
    told: `${name} failed with error ${message}.`,
    because: `The function of ${name} for ${pool} (${where}) threw: ${message}`,
    remedy: 'A function throws to refuse. If it was not meant to, its message says what went wrong.',
  }),
)

export const unusable = refusal(
  'InvalidLambdaResponseException',
  (name: TriggerName, { name: pool }: UserPool, why: string) => ({
    told: 'Unrecognizable lambda output',
    because: `The handler of ${name} for ${pool} gave no usable answer. ${why}`,
    remedy: 'Return the whole event, with its response filled in.',
  }),
)

export const noJson = refusal(
  'InvalidLambdaResponseException',
  (name: TriggerName, { name: pool }: UserPool) => ({
    told: 'Invalid lambda function output : Invalid JSON',
    because: `The function of ${name} for ${pool} returned nothing, or something that is no object.`,
    remedy: 'Return the whole event, with its response filled in.',
  }),
)

export const unreachable = refusal(
  'UnexpectedLambdaException',
  (name: TriggerName, { name: pool }: UserPool, error: string, why: string) => ({
    told: `${name} invocation failed due to error ${error}.`,
    because: `The function of ${name} for ${pool} could not be called. ${why}`,
    remedy: 'Start the server that has the function, or correct its address.',
  }),
)

export const tookTooLong = refusal(
  'UnexpectedLambdaException',
  (name: TriggerName, { name: pool }: UserPool, tries: number, seconds: number) => ({
    told: `${name} invocation failed due to error Socket timeout while invoking Lambda function.`,
    because: `The handler of ${name} for ${pool} was called ${tries} times, and took longer than ${seconds} seconds each time.`,
    remedy: 'Let it answer sooner; Cognito waits no longer either.',
  }),
)

export const nobodyThere = refusal(
  'UnexpectedLambdaException',
  (name: TriggerName, { name: pool }: UserPool, known: string) => ({
    told: `${name} invocation failed due to error AccessDeniedException.`,
    because: `LambdaConfig of ${pool} names the function ${known} for ${name}, and nothing serves it: Rockpool calls no function in the cloud.`,
    remedy: `Say in a seed where it is (Functions: { ${known}: ./file.mjs#handler }, or Triggers: { ${name}: ./file.mjs#handler } of the pool), give startRockpool({ functions: { '${known}': async event => event } }), or start with --lambda-endpoint. Or leave ${name} out of LambdaConfig.`,
  }),
)
