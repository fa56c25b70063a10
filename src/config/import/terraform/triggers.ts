import { text } from '../intrinsics.js'
import { entriesOf, isJsonMap, type Json, type JsonMap } from '../source.js'
import type { ImportedTrigger } from '../triggers.js'
import type { TfResource } from './resources.js'
import type { Tf } from './tf.js'

/** The triggers that a pool's `lambda_config` names. */
export function lambdaTriggers(tf: Tf, pool: TfResource): ImportedTrigger[] {
  const [config] = Array.isArray(pool.values.lambda_config) ? pool.values.lambda_config : []
  const found = new Map<string, ImportedTrigger>()
  for (const [member, value] of entriesOf(config as Json)) {
    const [block] = Array.isArray(value) ? value : []
    const arn = isJsonMap(block) ? text(block.lambda_arn ?? '') : typeof value === 'string' ? value : ''
    if (arn === '' || member === 'kms_key_id') continue
    const name = triggerName(member)
    const version = isJsonMap(block) ? { version: text(block.lambda_version ?? '') } : {}
    if (found.has(name) && version.version === undefined) continue
    const lambda = tf.resources.find(one => one.type === 'aws_lambda_function' && one.values.arn === arn)
    if (lambda !== undefined) found.set(name, { name, ...version, ...described(tf, lambda, name) })
  }
  return [...found.values()]
}

/** `pre_token_generation_config` and `pre_token_generation` are one trigger. */
const triggerName = (member: string): string =>
  member
    .replace(/_config$/, '')
    .replace('custom_sms_sender', 'custom_SMS_sender')
    .replaceAll(/(^|_)(\w)/g, (_whole, _line, letter: string) => letter.toUpperCase())

function described(tf: Tf, lambda: TfResource, trigger: string): Omit<ImportedTrigger, 'name' | 'version'> {
  const { values, address } = lambda
  const runtime = text(values.runtime ?? '')
  const code = codeOf(tf, values)
  const runs = runtime.startsWith('nodejs') && code !== undefined && !code.startsWith('s3://')
  if (!runs) {
    tf.messages.warn({
      file: tf.file,
      path: address,
      text: `The trigger ${trigger} is the function ${address}, which Rockpool cannot run by itself (${runtime}).`,
      remedy: 'Run it with SAM local or another Lambda endpoint, and start with --lambda-endpoint.',
    })
  }
  const [environment] = Array.isArray(values.environment) ? values.environment : []
  const variables = isJsonMap(environment as Json) ? (environment as JsonMap).variables : undefined
  return {
    function: address,
    ...(code === undefined ? {} : { code }),
    handler: text(values.handler ?? ''),
    runtime,
    environment: Object.fromEntries(entriesOf(variables).map(([name, value]) => [name, text(value)])),
    layers: [],
    runs,
    permitted: tf.resources.some(
      one =>
        one.type === 'aws_lambda_permission' &&
        one.values.principal === 'cognito-idp.amazonaws.com' &&
        [values.function_name, values.arn].includes(one.values.function_name ?? ''),
    ),
  }
}

/** The folder or file that an `archive_file` packed, else the archive, else the bucket it was sent to. */
function codeOf(tf: Tf, { filename, s3_bucket, s3_key }: JsonMap): string | undefined {
  if (typeof filename === 'string' && filename !== '') {
    const archive = tf.resources.find(
      one => one.type === 'archive_file' && one.values.output_path === filename,
    )
    const packed = archive?.values.source_dir ?? archive?.values.source_file
    return typeof packed === 'string' ? packed : filename
  }
  return typeof s3_bucket === 'string' ? `s3://${s3_bucket}/${text(s3_key ?? '')}` : undefined
}
