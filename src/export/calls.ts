import type { Input, Operation, Resource } from './resources.js'

/** The calls that make a pool: of the AWS CLI, and of the AWS SDK for JavaScript. */

/** What a call brings that later calls name. */
const brings: Partial<Record<Operation, readonly [member: string, id: string]>> = {
  CreateUserPool: ['UserPool', 'Id'],
  CreateUserPoolClient: ['UserPoolClient', 'ClientId'],
}

/**
 * A script for a shell.
 * @param poolId of a pool that is there; without one, the script begins with the pool
 */
export function cliScript(resources: readonly Resource[], poolId?: string): string {
  const lines = resources.map(resource => cliCall(resource, resources))
  return [...(poolId === undefined ? [] : [`USER_POOL_ID=${poolId}`]), ...lines].join('\n\n').concat('\n')
}

function cliCall({ operation, name, input, ofClient }: Resource, all: readonly Resource[]): string {
  const { ClientId, ...others } = input
  const own = ofClient === undefined ? input : others
  const client = all.some(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
    ? `"$${variable(ofClient ?? '')}"`
    : String(ClientId)
  const json = JSON.stringify(own, null, 2).replaceAll("'", `'\\''`)
  const call = [
    `aws cognito-idp ${kebab(operation)}`,
    ...(operation === 'CreateUserPool' ? [] : ['--user-pool-id "$USER_POOL_ID"']),
    ...(ofClient === undefined ? [] : [`--client-id ${client}`]),
    `--cli-input-json '${json}'`,
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
export function sdkModule(resources: readonly Resource[], poolId?: string): string {
  const operations = [...new Set(resources.map(({ operation }) => operation))].toSorted()
  const commands = operations.map(operation => `${operation}Command`)
  const imports = ['CognitoIdentityProviderClient', ...commands]
  const calls = resources.map(resource => sdkCall(resource, resources))
  return [
    `import {\n${imports.map(name => `  ${name},\n`).join('')}} from '@aws-sdk/client-cognito-identity-provider'`,
    'const cognito = new CognitoIdentityProviderClient()',
    ...(poolId === undefined ? [] : [`const UserPoolId = '${poolId}'`]),
    ...calls,
  ]
    .join('\n\n')
    .concat('\n')
}

function sdkCall({ operation, name, input, ofClient }: Resource, all: readonly Resource[]): string {
  const isMade = all.some(one => one.operation === 'CreateUserPoolClient' && one.name === ofClient)
  const { ClientId, ...others } = input
  const members = [
    ...(operation === 'CreateUserPool' ? [] : ['  UserPoolId,\n']),
    ...(isMade ? [`  ClientId: ${constant(ofClient ?? '')},\n`] : []),
    ...memberLines(isMade ? others : input),
  ]
  const call = `await cognito.send(new ${operation}Command({\n${members.join('')}}))`
  if (operation === 'CreateUserPool') return `const { UserPool } = ${call}\nconst UserPoolId = UserPool.Id`
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
