import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Output } from './start.js'

/** What a folder has that pools can be taken from. */
interface Found {
  /** The file or folder that told. */
  readonly by: string
  /** The tool, as people call it. */
  readonly tool: string
  /** What has to be run before, so that there is something to read. */
  readonly first?: string
  /** The commands, the most useful first. */
  readonly commands: readonly string[]
}

/** Looks at a folder, in the order in which the answers are useful. */
export function lookAt(folder: string): Found[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  const has = (...path: string[]) => existsSync(join(folder, ...path))
  const template = names.find(name => /^(template|stack|cloudformation)\.(ya?ml|json)$/.test(name))
  const serverless = names.find(name => /^serverless\.(ya?ml)$/.test(name))
  const terraform = names.find(name => name.endsWith('.tf'))
  const found: (Found | undefined)[] = [
    has('cdk.json')
      ? {
          by: 'cdk.json',
          tool: 'the AWS CDK',
          first: 'npx cdk synth',
          commands: ['rockpool start --from cdk.out'],
        }
      : undefined,
    has('amplify', 'auth', 'resource.ts')
      ? {
          by: 'amplify/auth/resource.ts',
          tool: 'Amplify Gen 2',
          first: 'npx ampx sandbox --once',
          commands: ['rockpool start --from .amplify/artifacts/cdk.out'],
        }
      : undefined,
    has('amplify', 'backend', 'auth') ? amplifyGen1(folder) : undefined,
    template === undefined
      ? undefined
      : {
          by: template,
          tool: toolOf(join(folder, template)),
          commands: [`rockpool start --from ${template}`],
        },
    serverless === undefined
      ? undefined
      : {
          by: serverless,
          tool: 'the Serverless Framework',
          commands: [`rockpool start --from ${serverless}`],
        },
    terraform === undefined
      ? undefined
      : {
          by: terraform,
          tool: 'Terraform',
          first: 'terraform show -json > terraform.json',
          commands: ['rockpool start --from terraform.json'],
        },
    has('Pulumi.yaml')
      ? {
          by: 'Pulumi.yaml',
          tool: 'Pulumi',
          first: 'pulumi stack export --show-secrets > pulumi.json',
          commands: ['rockpool start --from pulumi.json'],
        }
      : undefined,
  ]
  const known = found.filter(one => one !== undefined)
  const poolId = known.length > 0 ? undefined : poolIdIn(folder)
  return poolId === undefined
    ? known
    : [
        {
          by: poolId.file,
          tool: `an app of the pool ${poolId.id}`,
          first: `rockpool import --from-aws ${poolId.id} > pools.yaml`,
          commands: ['rockpool start --seed pools.yaml'],
        },
      ]
}

function amplifyGen1(folder: string): Found | undefined {
  const auth = join('amplify', 'backend', 'auth')
  const [name] = readdirSync(join(folder, auth), { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(entry => entry.name)
  return name === undefined
    ? undefined
    : { by: join(auth, name), tool: 'Amplify Gen 1', commands: [`rockpool start --from ${join(auth, name)}`] }
}

const toolOf = (file: string): string =>
  readFileSync(file, 'utf8').includes('AWS::Serverless') ? 'AWS SAM' : 'CloudFormation'

/** The pool that an app is configured for, where only the app is here. */
function poolIdIn(folder: string): { readonly file: string; readonly id: string } | undefined {
  const places = [
    'amplify_outputs.json',
    'src/aws-exports.js',
    'aws-exports.js',
    'src/amplifyconfiguration.json',
  ]
  for (const file of places) {
    const path = join(folder, file)
    const [, id] = existsSync(path)
      ? (/["']?(?:user_pool_id|aws_user_pools_id|PoolId)["']?\s*:\s*["']([\w-]+_\w+)["']/.exec(
          readFileSync(path, 'utf8'),
        ) ?? [])
      : []
    if (id !== undefined) return { file, id }
  }
  return undefined
}

const seedName = 'rockpool.yaml'

/**
 * Says which command fits a folder, and writes `rockpool.yaml`: a seed for what the infrastructure code does not have. A file
 * that is there stays as it is.
 */
export function initialise(folder: string, { out }: Pick<Output, 'out'>): void {
  const found = lookAt(folder)
  const lines = found.flatMap(({ by, tool, first, commands }) => [
    `${by}: ${tool}.`,
    ...[
      first,
      ...commands.map(command =>
        `${command} --seed ${seedName}`.replace(/ --seed pools\.yaml --seed/, ' --seed pools.yaml --seed'),
      ),
    ]
      .filter(command => command !== undefined)
      .map(command => `  ${command}`),
  ])
  const isNew = !existsSync(join(folder, seedName))
  if (isNew) writeFileSync(join(folder, seedName), seedText(found))
  out(
    [
      ...(found.length === 0
        ? [
            'Nothing here says where user pools are made. Start with a pool of your own:',
            `  rockpool start --seed ${seedName}`,
          ]
        : lines),
      '',
      isNew
        ? `${seedName} is written: change it as you like.`
        : `${seedName} is there already, and stays as it is.`,
      '',
    ].join('\n'),
  )
}

/** Beside infrastructure code a seed holds what that does not have; alone, a pool to begin with. */
const seedText = (found: readonly Found[]): string =>
  `# yaml-language-server: $schema=./node_modules/rockpool/fixtures/seed.schema.json
# What Rockpool starts with${found.length === 0 ? '' : ', besides the pools of your infrastructure code'}.
${
  found.length === 0
    ? `UserPools:
  - PoolName: app
    Domain: app
    AutoVerifiedAttributes: [email]
    Clients:
      - ClientName: web
        AllowedOAuthFlowsUserPoolClient: true
        AllowedOAuthFlows: [code]
        AllowedOAuthScopes: [openid, email, profile]
        SupportedIdentityProviders: [COGNITO]
        CallbackURLs: [http://localhost:3000/callback]
        LogoutURLs: [http://localhost:3000/]
    Users:
      - Username: ada
        Password: Anchor-7-Harbour
        UserAttributes: { email: ada@example.com, email_verified: true }
`
    : `# Users go into pools of their own here, or are made by rockpool.createUser and the API: a pool is described in one place.
UserPools: []
`
}`
