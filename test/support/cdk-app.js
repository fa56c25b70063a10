import { argv } from 'node:process'
import { App, CfnOutput, Stack } from 'aws-cdk-lib'
import {
  OAuthScope,
  ProviderAttribute,
  UserPool,
  UserPoolClient,
  UserPoolClientIdentityProvider,
  UserPoolIdentityProviderOidc,
} from 'aws-cdk-lib/aws-cognito'

/**
 * An app of the AWS CDK: staff sign in to the pool of customers through a pool of their own; the shop's client is in another
 * stack. It is synthesised into the folder that is named, as `cdk synth` does, without a network.
 */

const app = new App({ outdir: argv[2], analyticsReporting: false })
const env = { account: '123456789012', region: 'eu-west-1' }
const oAuth = callbackUrls => ({
  flows: { authorizationCodeGrant: true },
  scopes: [OAuthScope.OPENID, OAuthScope.EMAIL],
  callbackUrls,
})

const identity = new Stack(app, 'Identity', { env })
const staff = new UserPool(identity, 'Staff', { userPoolName: 'staff', signInAliases: { username: true } })
staff.addDomain('Domain', { cognitoDomain: { domainPrefix: 'acme-staff' } })
const customers = new UserPool(identity, 'Customers', { userPoolName: 'customers', selfSignUpEnabled: true })
const domain = customers.addDomain('Domain', { cognitoDomain: { domainPrefix: 'acme-customers' } })
const federation = staff.addClient('Federation', {
  generateSecret: true,
  oAuth: oAuth([`${domain.baseUrl()}/oauth2/idpresponse`]),
})
staff.addClient('Intranet', {
  userPoolClientName: 'intranet',
  oAuth: oAuth(['http://localhost:3000/intranet']),
})
const provider = new UserPoolIdentityProviderOidc(identity, 'StaffProvider', {
  name: 'Staff',
  userPool: customers,
  clientId: federation.userPoolClientId,
  clientSecret: federation.userPoolClientSecret.unsafeUnwrap(),
  issuerUrl: staff.userPoolProviderUrl,
  scopes: ['openid', 'email'],
  attributeMapping: { email: ProviderAttribute.other('email') },
})

const web = new Stack(app, 'Web', { env })
const shop = new UserPoolClient(web, 'Shop', {
  userPool: customers,
  userPoolClientName: 'shop',
  oAuth: oAuth(['http://localhost:3000/callback']),
  supportedIdentityProviders: [
    UserPoolClientIdentityProvider.COGNITO,
    UserPoolClientIdentityProvider.custom(provider.providerName),
  ],
})
new CfnOutput(web, 'ShopId', { value: shop.userPoolClientId })

app.synth()
