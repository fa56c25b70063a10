import { defined, type Input, leftOutOf, type Operation, type Resource, without } from './resources.js'

/** A pool as Terraform (HashiCorp's provider for AWS): the API's members in snake case, objects as blocks. */

const types: Partial<Record<Operation, string>> = {
  CreateUserPool: 'aws_cognito_user_pool',
  CreateUserPoolDomain: 'aws_cognito_user_pool_domain',
  CreateResourceServer: 'aws_cognito_resource_server',
  CreateIdentityProvider: 'aws_cognito_identity_provider',
  CreateUserPoolClient: 'aws_cognito_user_pool_client',
  CreateGroup: 'aws_cognito_user_group',
  AdminCreateUser: 'aws_cognito_user',
  SetUICustomization: 'aws_cognito_user_pool_ui_customization',
}

/** @param poolId of a pool that is not in the configuration */
export function terraformConfiguration(resources: readonly Resource[], poolId?: string): string {
  return resources
    .filter(({ operation }) => operation !== 'SetUserPoolMfaConfig')
    .map(resource => block(resource, resources, poolId))
    .join('\n')
}

const localName = (name: string): string => {
  const plain = name.replace(/\W+/g, '_').toLowerCase()
  return /^[a-z_]/.test(plain) ? plain : `_${plain}`
}

function block(resource: Resource, all: readonly Resource[], poolId: string | undefined): string {
  const { operation, name } = resource
  const type = types[operation]
  if (type === undefined) return `# ${operation} for ${name} is not written here: see the other formats.\n`
  const lines = body(argumentsOf(resource, all, poolId), '  ')
  const leftOut = leftOutOf(resource, unknownToTerraform).map(line => `# ${line}\n`)
  return `${leftOut.join('')}resource "${type}" "${localName(name)}" {\n${lines}}\n`
}

/** Members of the API that the provider has no argument for. */
const unknownToTerraform = ['AcrConfiguration', 'AcrMapping', 'DcrConfiguration']

/** Text that is written as it stands, such as a reference. */
class Expression {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

function argumentsOf(resource: Resource, all: readonly Resource[], poolId: string | undefined): Input {
  const { operation, ofClient } = resource
  const input = without(resource.input, unknownToTerraform)
  const pool = all.find(one => one.operation === 'CreateUserPool')
  const user_pool_id =
    pool === undefined ? poolId : new Expression(`aws_cognito_user_pool.${localName(pool.name)}.id`)
  switch (operation) {
    case 'CreateUserPool':
      return poolArguments(input, all.find(one => one.operation === 'SetUserPoolMfaConfig')?.input)
    case 'CreateUserPoolDomain': {
      const { Domain, CustomDomainConfig, ManagedLoginVersion } = input
      const { CertificateArn } = (CustomDomainConfig ?? {}) as Input
      return defined({
        domain: Domain,
        certificate_arn: CertificateArn,
        managed_login_version: ManagedLoginVersion,
        user_pool_id,
      })
    }
    case 'CreateIdentityProvider': {
      const { ProviderDetails, AttributeMapping, ...others } = input
      return {
        user_pool_id,
        ...snakes(others),
        provider_details: new Map(Object.entries(ProviderDetails as Input)),
        attribute_mapping: new Map(Object.entries(AttributeMapping as Input)),
      }
    }
    case 'CreateUserPoolClient': {
      const { ClientName, ClientSecret, ...others } = input
      const secret = ClientSecret === undefined ? {} : { generate_secret: true }
      return { name: ClientName, user_pool_id, ...secret, ...snakes(others) }
    }
    case 'CreateResourceServer': {
      const { Scopes, ...others } = snakes(input) as Input & { Scopes?: unknown }
      const { scopes, ...rest } = others
      return { ...rest, user_pool_id, scope: scopes }
    }
    case 'AdminCreateUser': {
      const { UserAttributes = [], ...others } = input
      const attributes = (UserAttributes as { Name: string; Value: string }[]).map(
        ({ Name, Value }) => [Name, Value] as const,
      )
      return { user_pool_id, ...snakes(others), attributes: new Map(attributes) }
    }
    case 'CreateGroup': {
      const { GroupName, ...others } = input
      return { name: GroupName, user_pool_id, ...snakes(others) }
    }
    default: {
      const { ClientId, CSS, ImageFile } = input
      const client = ofClient && new Expression(`aws_cognito_user_pool_client.${localName(ofClient)}.id`)
      return defined({ user_pool_id, client_id: client ?? ClientId, css: CSS, image_file: ImageFile })
    }
  }
}

function poolArguments(
  { PoolName, Policies, Schema, UserPoolTags, AccountRecoverySetting, EmailConfiguration, ...others }: Input,
  mfa: Input = {},
): Input {
  const { PasswordPolicy, SignInPolicy } = (Policies ?? {}) as Input
  const { SmsMfaConfiguration, SoftwareTokenMfaConfiguration, EmailMfaConfiguration, WebAuthnConfiguration } =
    mfa
  const recovery = (AccountRecoverySetting as { RecoveryMechanisms?: unknown } | undefined)
    ?.RecoveryMechanisms
  const { From, ...email } = (EmailConfiguration ?? {}) as Input
  return defined({
    name: PoolName,
    ...snakes(others),
    password_policy: PasswordPolicy && snakes({ MinimumLength: 8, ...PasswordPolicy }),
    sign_in_policy: SignInPolicy && snakes(SignInPolicy as Input),
    email_configuration: EmailConfiguration && defined({ ...snakes(email), from_email_address: From }),
    account_recovery_setting: recovery && { recovery_mechanism: snaked(recovery) },
    ...snakes(defined({ SoftwareTokenMfaConfiguration, EmailMfaConfiguration })),
    ...snakes((SmsMfaConfiguration ?? {}) as Input),
    web_authn_configuration: WebAuthnConfiguration && snakes(WebAuthnConfiguration as Input),
    schema: Schema && snaked(Schema),
    tags: UserPoolTags && new Map(Object.entries(UserPoolTags)),
  })
}

const snakes = (input: Input): Input =>
  Object.fromEntries(Object.entries(input).map(([name, value]) => [snake(name), snaked(value)]))

function snaked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(snaked)
  return typeof value === 'object' && value !== null ? snakes(value as Input) : value
}

/** `CallbackURLs` is `callback_urls`, `AllowedOAuthFlows` is `allowed_oauth_flows`. */
const snake = (name: string): string =>
  name
    .replace(/OAuth/g, 'Oauth')
    .replace(/URLs/g, 'Urls')
    .replace(
      /([A-Z])([A-Z]+)(?=[A-Z][a-z]|$)/g,
      (_, first: string, rest: string) => first + rest.toLowerCase(),
    )
    .replace(/(?<!^)([A-Z])/g, '_$1')
    .toLowerCase()

/** Arguments first, then blocks, as `terraform fmt` leaves them. */
function body(input: Input, indent: string): string {
  const entries = Object.entries(input).filter(([, value]) => value !== undefined)
  const isBlock = (value: unknown) =>
    isObject(value) || (Array.isArray(value) && value.length > 0 && value.every(isObject))
  const plain = entries.filter(([, value]) => !isBlock(value))
  const width = Math.max(0, ...plain.map(([name]) => name.length))
  const lines = plain.map(
    ([name, value]) => `${indent}${name.padEnd(width)} = ${expression(value, indent)}\n`,
  )
  const blocks = entries
    .filter(([, value]) => isBlock(value))
    .flatMap(([name, value]) =>
      [value].flat().map(one => `\n${indent}${name} {\n${body(one as Input, `${indent}  `)}${indent}}\n`),
    )
  return [...lines, ...blocks].join('')
}

const isObject = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  !(value instanceof Map) &&
  !(value instanceof Expression)

function expression(value: unknown, indent: string): string {
  if (value instanceof Expression) return value.text
  if (value instanceof Map) {
    const entries = [...value].map(
      ([name, member]) => `${indent}  ${text(name)} = ${expression(member, indent)}\n`,
    )
    return `{\n${entries.join('')}${indent}}`
  }
  if (Array.isArray(value)) return `[${value.map(member => expression(member, indent)).join(', ')}]`
  return typeof value === 'string' ? text(value) : String(value)
}

/** A string of HCL, in which `${` and `%{` would begin a template. */
const text = (value: string): string => JSON.stringify(value).replaceAll('${', '$${').replaceAll('%{', '%%{')
