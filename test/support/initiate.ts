import * as cognito from '@aws-sdk/client-cognito-identity-provider'

/**
 * How an app begins a sign-in: `InitiateAuth` of the client `app0id`, unless a call says otherwise.
 * @param AuthFlow the flow, unless a call says otherwise
 */
export const initiator =
  (sdk: cognito.CognitoIdentityProviderClient, AuthFlow: cognito.AuthFlowType) =>
  (
    AuthParameters: Record<string, string>,
    more: Partial<cognito.InitiateAuthCommandInput> = {},
  ): Promise<cognito.InitiateAuthCommandOutput> =>
    sdk.send(new cognito.InitiateAuthCommand({ ClientId: 'app0id', AuthFlow, AuthParameters, ...more }))
