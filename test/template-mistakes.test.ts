import t from 'tap'
import { importedText, refusalsOf, warningsOf } from './support/imports.js'

/**
 * Mistakes that people make in templates. Each is told in one message: file, line, the thing, and what to do about it. The
 * line is the one that ends in `# here`.
 */

const indented = (text: string) => text.replaceAll(/^(?=.)/gm, '      ')

const pool = (properties = '', resources = '') => `AWSTemplateFormatVersion: '2010-09-09'
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    Properties:
      UserPoolName: reef
${indented(properties)}
${resources}`

const client = (properties: string, resources = '') =>
  pool(
    '',
    `${resources}  Web:
    Type: AWS::Cognito::UserPoolClient
    Properties:
      UserPoolId: !Ref Pool
${indented(properties)}
`,
  )

const oauth = 'AllowedOAuthFlows: [code]\nAllowedOAuthFlowsUserPoolClient: true\n'

const provider = (rest: string) => `  Corp:
    Type: AWS::Cognito::UserPoolIdentityProvider
    Properties:
      UserPoolId: !Ref Pool
      ProviderName: Corp
      ProviderType: OIDC
${rest.replaceAll(/^(?=.)/gm, '      ')}
`
const details =
  'ProviderDetails: { client_id: a, client_secret: b, oidc_issuer: https://idp.example, authorize_scopes: openid, attributes_request_method: GET }'

/** What is wrong, a template that has it, and the thing and the remedy as the message says them. */
const mistakes: readonly (readonly [what: string, template: string, message: RegExp])[] = [
  [
    'a reference to a name that is not there',
    client('ClientName: !Ref AppNmae # here'),
    /Web\.ClientName: AppNmae is neither a parameter nor a resource.*--set AppNmae=/,
  ],
  [
    'a parameter without a value',
    `Parameters:\n  Name: { Type: String }\n${pool('EmailVerificationSubject: !Ref Name # here')}`,
    /Pool\.EmailVerificationSubject: The parameter Name has no value\. Give --parameter Name=/,
  ],
  [
    'a condition that nobody defined',
    pool('EmailVerificationSubject: !If [IsProd, a, b] # here'),
    /Pool\.EmailVerificationSubject: There is no condition IsProd\. .*Conditions/,
  ],
  [
    'a mapping without the key',
    `Mappings: { Stage: { dev: { Name: a } } }\n${pool('EmailVerificationSubject: !FindInMap [Stage, prod, Name] # here')}`,
    /Pool\.EmailVerificationSubject: Mappings has no Stage\.prod\.Name\. Add it/,
  ],
  [
    'an attribute that only a deployment knows',
    client(
      'CallbackURLs: [!GetAtt Site.DomainName] # here',
      '  Site: { Type: "AWS::CloudFront::Distribution" }\n',
    ),
    /Web\.CallbackURLs\[0\]: Site\.DomainName \(AWS::CloudFront::Distribution\) is only known once it is deployed\. Give --set Site\.DomainName=/,
  ],
  [
    'an import of a stack that is not imported',
    client('ClientName: !ImportValue net-name # here'),
    /Web\.ClientName: No imported stack exports net-name\. .*--export net-name=/,
  ],
  [
    'a macro',
    client('ClientName: !Transform { Name: Names } # here'),
    /Web\.ClientName: Fn::Transform is a macro.*--template-stage Processed/,
  ],
  [
    'an entry past the end of a list',
    client('ClientName: !Select [3, [a, b]] # here'),
    /Web\.ClientName: Fn::Select asks for entry 3 of a list of 2\. Give the list more entries/,
  ],
  [
    'a pool id that stands for no imported pool',
    client('ClientName: web').replace('!Ref Pool', 'eu-west-1_Elsewhere # here'),
    /Web\.UserPoolId: Web belongs to the pool eu-west-1_Elsewhere.*--pool-id eu-west-1_Elsewhere=/,
  ],
  [
    'the secret of a client that has none',
    client('GenerateSecret: false').replace(
      'UserPoolName: reef',
      'UserPoolName: !GetAtt Web.ClientSecret # here',
    ),
    /Pool\.UserPoolName: The client Web has no secret\. Set GenerateSecret: true/,
  ],
  [
    'an indent that is off',
    pool('Policies:\n  PasswordPolicy:\n     MinimumLength: 8\n    RequireNumbers: true # here'),
    /This is neither YAML nor JSON.*validate-template/,
  ],
  [
    'a property in other letters',
    client('CallbackUrls: [https://a.example] # here'),
    /Web\.CallbackUrls: AWS::Cognito::UserPoolClient has no property CallbackUrls.*Did you mean CallbackURLs\?/,
  ],
  [
    'a property that two lines give',
    client('ClientName: a\nClientName: b # here'),
    /ClientName of Web is given twice, on lines \d+ and \d+.* Leave one of them out\./,
  ],
  [
    'a provider that is named before it is there',
    client('SupportedIdentityProviders: [Corp] # here', provider(details)),
    /Web\.SupportedIdentityProviders: .*names Corp without a reference.*!Ref Corp.*DependsOn: Corp/,
  ],
  [
    'a required attribute that nobody can change',
    pool('Schema: [{ Name: email, Required: true }] # here'),
    /Pool\.Schema\[0\]: The attribute email is declared without Mutable, so it is immutable\. Add Mutable: true/,
  ],
  [
    'a callback that is no URL',
    client(`${oauth}AllowedOAuthScopes: [openid]\nCallbackURLs: [app.example/cb] # here`),
    /Web\.CallbackURLs\[0\]: "app\.example\/cb" is not an absolute URL/,
  ],
  [
    'a password policy out of bounds',
    pool('Policies: { PasswordPolicy: { MinimumLength: 4 } } # here'),
    /Pool\.Policies\.PasswordPolicy\.MinimumLength: .*6/,
  ],
  [
    'user names and aliases at once',
    pool('UsernameAttributes: [email] # here\nAliasAttributes: [email]'),
    /Pool\.UsernameAttributes: Only one of AliasAttributes and UsernameAttributes.*Keep/,
  ],
  [
    'a mapping to an attribute that the pool does not have',
    pool('', provider(`${details}\nAttributeMapping: { custom:plan: plan } # here`)),
    /Corp\.AttributeMapping\S*: .*custom:plan.*attributes of the schema/,
  ],
  [
    'a scope that no server has',
    client(`${oauth}CallbackURLs: [https://a.example/cb]\nAllowedOAuthScopes: [orders/reed] # here`),
    /Web\.AllowedOAuthScopes\[0\]: .*orders\/reed/,
  ],
  [
    'a domain with capitals',
    pool(
      '',
      '  Domain: { Type: "AWS::Cognito::UserPoolDomain", Properties: { UserPoolId: !Ref Pool, Domain: Reef } } # here\n',
    ),
    /Domain\.Domain: "Reef" does not have the form \^\[a-z0-9\].* Use lower-case letters/,
  ],
  [
    'a client that asks for a provider that the pool does not have',
    client('SupportedIdentityProviders: [COGNITO, Okta] # here'),
    /Web\.SupportedIdentityProviders\[1\]: .*Okta/,
  ],
  [
    'a trigger whose function is elsewhere',
    pool('LambdaConfig: { PreSignUp: arn:aws:lambda:us-east-1:123456789012:function:gate } # here'),
    /Pool\.LambdaConfig\.PreSignUp: .*--lambda-endpoint/,
  ],
  [
    'a parameter that its own list does not allow',
    `Parameters:\n  Stage: { Type: String, AllowedValues: [dev, prod] } # here\n${pool('EmailVerificationSubject: !Ref Stage')}`,
    /Stage: The parameter Stage is "test".*Give one of dev, prod\./,
  ],
]

for (const [what, template, message] of mistakes)
  t.test(`${what}`, async t => {
    const options = {
      region: 'us-east-1',
      parameters: template.includes('Stage: { Type') ? { Stage: 'test' } : {},
    }
    const refusals = refusalsOf(() => importedText(template, options))
    const told = refusals.length > 0 ? refusals : warningsOf(importedText(template, options))
    const line = template.split('\n').findIndex(each => each.endsWith('# here')) + 1
    t.match(told.join('\n'), message)
    t.equal(told.length, 1, 'one mistake is told once')
    t.match(told[0], new RegExp(`^template\\.yaml:${line} `), 'with file and line')
  })
