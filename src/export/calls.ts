import type { Call, Input } from './resources.js'

/** The calls that make a pool: of the AWS CLI, and of the AWS SDK for JavaScript. */

/** What a call brings that later calls name. */
const brings: Readonly<Record<string, readonly [member: string, id: string]>> = {
  CreateUserPool: ['UserPool', 'Id'],
  CreateUserPoolClient: ['UserPoolClient', 'ClientId'],
}

/** What a script is made of: things to make or to change, and other calls. */
type Step = Call & { readonly name?: string; readonly ofClient?: string; readonly update?: Call | undefined }

/** A thing that is there already is changed, not made. */
const asCall = (step: Step): Step => (step.update === undefined ? step : step.update)

/** Operations that are about no pool. */
const ofNoPool = ['CreateUserPool', 'ListUserPools']

/**
 * A script for a shell.
 * @param poolId of a pool that is there; without one, the script begins with the pool
 */
export function cliScript(resources: readonly Step[], poolId?: string): string {
  const steps = resources.map(asCall)
  const lines = steps.map(step => cliCall(step, steps))
  return [...(poolId === undefined ? [] : [`USER_POOL_ID=${poolId}`]), ...lines].join('\n\n').concat('\n')
}

function cliCall({ operation, name = '', input, ofClient }: Step, all: readonly Step[]): string {
  const { ClientId, ...others } = input
  const own = ofClient === undefined ? input : others
  const client = all.some(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
    ? `"$${variable(ofClient ?? '')}"`
    : String(ClientId)
  const json = JSON.stringify(own, null, 2).replaceAll("'", `'\\''`)
  const call = [
    `aws cognito-idp ${kebab(operation)}`,
    ...(ofNoPool.includes(operation) ? [] : ['--user-pool-id "$USER_POOL_ID"']),
    ...(ofClient === undefined ? [] : [`--client-id ${client}`]),
    ...(Object.keys(own).length === 0 ? [] : [`--cli-input-json '${json}'`]),
  ]
  const brought = brings[operation]
  if (brought === undefined) return call.join(' \\\n  ')
  const target = operation === 'CreateUserPool' ? 'USER_POOL_ID' : variable(name)
  return `${target}=$(${[...call, `--query ${brought.join('.')} --output text`].join(' \\\n  ')})`
}

const kebab = (operation: string): string =>
  operation
    .replace(/UI(?=[A-Z])/, 'Ui')
    .replace(/(?<!^)([A-Z])/g, '-$1')
    .toLowerCase()

const variable = (name: string): string => `CLIENT_${name.replace(/\W/g, '_').toUpperCase()}`

/** A module for Node, with the AWS SDK v3. */
export function sdkModule(resources: readonly Step[], poolId?: string): string {
  const steps = resources.map(asCall)
  const operations = [...new Set(steps.map(({ operation }) => operation))].toSorted()
  const commands = operations.map(operation => `${operation}Command`)
  const imports = ['CognitoIdentityProviderClient', ...commands]
  const calls = steps.map(step => sdkCall(step, steps))
  return [
    `import {\n${imports.map(name => `  ${name},\n`).join('')}} from '@aws-sdk/client-cognito-identity-provider'`,
    'const cognito = new CognitoIdentityProviderClient()',
    ...(poolId === undefined ? [] : [`const UserPoolId = '${poolId}'`]),
    ...calls,
  ]
    .join('\n\n')
    .concat('\n')
}

function sdkCall({ operation, name = '', input, ofClient }: Step, all: readonly Step[]): string {
  const isMade = all.some(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
  const { ClientId, ...others } = input
  const members = [
    ...(ofNoPool.includes(operation) ? [] : ['  UserPoolId,\n']),
    ...(isMade ? [`  ClientId: ${constant(ofClient ?? '')},\n`] : []),
    ...memberLines(isMade ? others : input),
  ]
  const call = `await cognito.send(new ${operation}Command({\n${members.join('')}}))`
  if (operation === 'CreateUserPool') return `const { UserPool } = ${call}\nconst UserPoolId = UserPool.Id`
  if (/^(?:Admin)?(?:List|Get)/.test(operation)) return `const answer = ${call}`
  if (operation !== 'CreateUserPoolClient') return call
  return `const ${constant(name)} = (${call}).UserPoolClient.ClientId`
}

const memberLines = (input: Input): string[] =>
  Object.entries(input).map(([name, value]) => `  ${name}: ${literal(value, '  ')},\n`)

/** A value as JavaScript: JSON, with names that need no quotes. */
const literal = (value: unknown, indent: string): string =>
  JSON.stringify(value, null, 2)
    .replace(/^(\s*)"([A-Za-z_$][\w$]*)":/gm, '$1$2:')
    .replaceAll('\n', `\n${indent}`)

const constant = (name: string): string =>
  `client${name.replace(/(^|\W+)(\w)/g, (_, _gap, letter: string) => letter.toUpperCase()).replace(/\W/g, '')}`
