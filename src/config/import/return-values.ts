import { derivedClientId, derivedPoolId, derivedSecret, derivedSuffix, derivedUuid } from './derived.js'
import { evaluate, noValue, text, Unresolved } from './intrinsics.js'
import { entriesOf, isJsonMap, type Json } from './source.js'
import type { Resource, Stack, World } from './stack.js'

/**
 * What `Ref` and `Fn::GetAtt` of a resource give (the CloudFormation reference's "return values"), as far as they can be
 * known without deploying it: physical ids are derived, ARNs are put together.
 */
interface ReturnValues {
  readonly ref: (resource: Resource) => Json
  readonly attributes: Readonly<Record<string, (resource: Resource) => Json>>
}

/** What `Ref` gives. */
export function refTo(stack: Stack, id: string): Json {
  const given = stack.world.options.set?.[id]
  if (given !== undefined) return given
  const resource = stack.resource(id)
  if (resource === undefined)
    throw new Unresolved(
      `${id} is neither a parameter nor a resource of this stack, or its condition is false.`,
      `Correct the name, or give --set ${id}=….`,
    )
  const known = returnValues[resource.type]
  if (known !== undefined) return known.ref(resource)
  const named = namedBy(resource)
  if (named !== undefined) return named
  throw new Unresolved(
    `What AWS would call ${id} (${resource.type}) is not known here.`,
    `Give --set ${id}=….`,
  )
}

/** What `Fn::GetAtt` gives. */
export function attributeOf(stack: Stack, id: string, attribute: string): Json {
  const given = stack.world.options.set?.[`${id}.${attribute}`]
  if (given !== undefined) return given
  const resource = stack.resource(id)
  const known =
    resource && (returnValues[resource.type]?.attributes[attribute] ?? special(resource, attribute))
  if (resource !== undefined && known !== undefined) return known(resource)
  throw new Unresolved(
    `${id}.${attribute}${resource === undefined ? '' : ` (${resource.type})`} is only known once it is deployed.`,
    `Give --set ${id}.${attribute}=….`,
  )
}

/** A property of a resource, evaluated; undefined where it is absent. */
export function property(resource: Resource, name: string): Json | undefined {
  const expression = resource.properties[name]
  if (expression === undefined) return undefined
  const value = evaluate(expression, resource.stack.scope)
  return value === noValue ? undefined : value
}

/** A property as a text; undefined where it is absent. */
export const textProperty = (resource: Resource, name: string): string | undefined => {
  const value = property(resource, name)
  return value === undefined ? undefined : text(value)
}

/** The name that a property gives, else one as CloudFormation generates it: `<LogicalId>-<12 letters and digits>`. */
export const nameOf = (resource: Resource, member: string): string =>
  textProperty(resource, member) ?? `${resource.id}-${derivedSuffix(resource.stack.name, resource.id)}`

export const poolIdOf = ({ stack, id }: Resource): string => derivedPoolId(stack.region, stack.name, id)
export const clientIdOf = ({ stack, id }: Resource): string => derivedClientId(stack.name, id)

/** The secret of a client that has one. */
export function clientSecretOf(client: Resource): string | undefined {
  const given = textProperty(client, 'ClientSecret')
  if (given !== undefined) return given
  return text(property(client, 'GenerateSecret') ?? false) === 'true'
    ? derivedSecret(client.stack.name, client.id)
    : undefined
}

const arn = ({ stack }: Resource, service: string, rest: string): string =>
  `arn:aws:${service}:${stack.region}:${stack.account}:${rest}`

const providerName = (pool: Resource): string =>
  `cognito-idp.${pool.stack.region}.amazonaws.com/${poolIdOf(pool)}`

const functionArn = (resource: Resource): string =>
  arn(resource, 'lambda', `function:${nameOf(resource, 'FunctionName')}`)

/** A version or an alias: the ARN of its function and a suffix. */
const qualified = (resource: Resource, suffix: string): string => {
  const given = textProperty(resource, 'FunctionName') ?? ''
  return `${given.startsWith('arn:') ? given : arn(resource, 'lambda', `function:${given}`)}:${suffix}`
}

const returnValues: Readonly<Record<string, ReturnValues>> = {
  'AWS::Cognito::UserPool': {
    ref: poolIdOf,
    attributes: {
      Arn: pool => arn(pool, 'cognito-idp', `userpool/${poolIdOf(pool)}`),
      ProviderName: providerName,
      ProviderURL: pool => `https://${providerName(pool)}`,
      UserPoolId: poolIdOf,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    ref: clientIdOf,
    attributes: {
      ClientId: clientIdOf,
      Name: client => nameOf(client, 'ClientName'),
      ClientSecret(client) {
        const secret = clientSecretOf(client)
        if (secret !== undefined) return secret
        throw new Unresolved(`The client ${client.id} has no secret.`, 'Set GenerateSecret: true on it.')
      },
    },
  },
  'AWS::Cognito::UserPoolDomain': {
    ref: domain => textProperty(domain, 'Domain') ?? '',
    attributes: {
      CloudFrontDistribution: ({ stack, id }) =>
        `d${derivedSuffix(stack.name, id).toLowerCase()}.cloudfront.net`,
    },
  },
  'AWS::Cognito::UserPoolGroup': { ref: group => nameOf(group, 'GroupName'), attributes: {} },
  'AWS::Cognito::UserPoolUser': { ref: user => textProperty(user, 'Username') ?? '', attributes: {} },
  'AWS::Cognito::UserPoolIdentityProvider': {
    ref: provider => textProperty(provider, 'ProviderName') ?? '',
    attributes: {},
  },
  'AWS::Cognito::UserPoolResourceServer': {
    ref: server => textProperty(server, 'Identifier') ?? '',
    attributes: {},
  },
  'AWS::Cognito::IdentityPool': {
    ref: ({ stack, id }) => `${stack.region}:${derivedUuid(stack.name, id)}`,
    attributes: { Name: pool => nameOf(pool, 'IdentityPoolName') },
  },
  'AWS::Lambda::Function': {
    ref: resource => nameOf(resource, 'FunctionName'),
    attributes: { Arn: functionArn },
  },
  'AWS::Lambda::Version': { ref: version => qualified(version, '1'), attributes: { Version: () => '1' } },
  'AWS::Lambda::Alias': {
    ref: alias => qualified(alias, textProperty(alias, 'Name') ?? 'alias'),
    attributes: {},
  },
  'AWS::Lambda::LayerVersion': {
    ref: layer => arn(layer, 'lambda', `layer:${nameOf(layer, 'LayerName')}:1`),
    attributes: {},
  },
  'AWS::IAM::Role': {
    ref: role => nameOf(role, 'RoleName'),
    attributes: {
      Arn: role => `arn:aws:iam::${role.stack.account}:role/${nameOf(role, 'RoleName')}`,
      RoleId: role => derivedSuffix(role.stack.name, role.id).toUpperCase(),
    },
  },
  'AWS::KMS::Key': {
    ref: ({ stack, id }) => derivedUuid(stack.name, id),
    attributes: {
      Arn: key => arn(key, 'kms', `key/${derivedUuid(key.stack.name, key.id)}`),
      KeyId: ({ stack, id }) => derivedUuid(stack.name, id),
    },
  },
  'AWS::SNS::Topic': {
    ref: topic => arn(topic, 'sns', nameOf(topic, 'TopicName')),
    attributes: { TopicArn: topic => arn(topic, 'sns', nameOf(topic, 'TopicName')) },
  },
  'AWS::SES::EmailIdentity': {
    ref: identity => textProperty(identity, 'EmailIdentity') ?? '',
    attributes: {
      Arn: identity => arn(identity, 'ses', `identity/${textProperty(identity, 'EmailIdentity') ?? ''}`),
    },
  },
  'AWS::CertificateManager::Certificate': {
    ref: ({ stack, id }) =>
      `arn:aws:acm:us-east-1:${stack.account}:certificate/${derivedUuid(stack.name, id)}`,
    attributes: {},
  },
  'AWS::SSM::Parameter': {
    ref: parameter => nameOf(parameter, 'Name'),
    attributes: { Value: parameter => textProperty(parameter, 'Value') ?? '' },
  },
  'AWS::SecretsManager::Secret': {
    ref: secret =>
      arn(
        secret,
        'secretsmanager',
        `secret:${nameOf(secret, 'Name')}-${derivedSuffix(secret.stack.name, secret.id).slice(0, 6)}`,
      ),
    attributes: {},
  },
  'AWS::CloudFormation::Stack': {
    ref: ({ stack, id }) => stack.nested(id)?.id ?? `${stack.id}/${id}`,
    attributes: {},
  },
}

/** Attributes whose names are not fixed: outputs of nested stacks, and custom resources that are worth knowing. */
function special(
  { type, stack, id }: Resource,
  attribute: string,
): ((resource: Resource) => Json) | undefined {
  switch (type) {
    case 'AWS::CloudFormation::Stack': {
      if (!attribute.startsWith('Outputs.')) return undefined
      const nested = stack.nested(id)
      return nested && (() => nested.output(attribute.slice('Outputs.'.length)))
    }
    case 'Custom::DescribeCognitoUserPoolClient':
      return attribute === 'UserPoolClient.ClientSecret' ? describedSecret : undefined
    case 'Custom::CrossRegionExportReader':
      return () => crossRegionExport(stack.world, attribute)
    case 'Custom::AmplifySecretFetcherResource':
      return () => {
        const value = stack.world.options.secrets?.[attribute]
        if (value !== undefined) return value
        throw new Unresolved(
          `The Amplify secret ${attribute} is not known here.`,
          `Give --secret ${attribute}=….`,
        )
      }
    default:
      return undefined
  }
}

/** CDK's `userPoolClientSecret`: a custom resource that describes the client. */
function describedSecret(resource: Resource): Json {
  const call: Json = JSON.parse(textProperty(resource, 'Create') ?? '{}')
  const parameters = isJsonMap(call) && isJsonMap(call.parameters) ? call.parameters : {}
  const client = resource.stack.world.stacks
    .flatMap(stack => stack.resources())
    .find(
      candidate =>
        candidate.type === 'AWS::Cognito::UserPoolClient' && clientIdOf(candidate) === parameters.ClientId,
    )
  const secret = client && clientSecretOf(client)
  if (secret !== undefined) return secret
  throw new Unresolved(`${resource.id} describes a client that has no secret here.`, 'Import its stack too.')
}

/** CDK's cross-region references: a writer in one stack, a reader in another. */
function crossRegionExport({ stacks }: World, name: string): Json {
  for (const stack of stacks) {
    for (const writer of stack.resources().filter(({ type }) => type === 'Custom::CrossRegionExportWriter')) {
      const props = property(writer, 'WriterProps')
      const found = entriesOf(isJsonMap(props) ? props.exports : undefined).find(([key]) => key === name)
      if (found !== undefined) return found[1]
    }
  }
  throw new Unresolved(
    `No imported stack writes ${name}.`,
    'Import the stack of the other region in the same call.',
  )
}

/** The name that a template gives a resource of a kind that is not known here. */
function namedBy(resource: Resource): string | undefined {
  const kind = resource.type.split('::').at(-1) ?? ''
  return textProperty(resource, `${kind}Name`) ?? textProperty(resource, 'Name')
}
