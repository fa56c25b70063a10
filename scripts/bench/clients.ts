import { SRP_A, srpAnswer } from '../../test/support/srp.js'
import { send, sendJson } from './measure.js'

const marco = { username: 'marco', password: 'Anemone-4-Marco!' }

/** A browser's session at pool 2, and how a code is come by with it. */
export async function signedIn(baseUrl: string, user = marco) {
  const domain = `${baseUrl}/oidc-pool-2`
  const redirect_uri = `${baseUrl}/_rockpool/app/callback`
  const client_id = '2directappatpool2clientid0'
  const query = new URLSearchParams({ client_id, response_type: 'code', redirect_uri, scope: 'openid email' })
  const open = () => send(`${domain}/login?${query}`)
  const page = await open()
  const xsrf = String(page.headers['set-cookie']).split(';')[0] ?? ''
  const _csrf = /name="_csrf" value="([^"]+)"/.exec(page.body)?.[1] ?? ''
  const form = { _csrf, ...user }
  const entered = await send(`${domain}/login?${query}`, form, { cookie: xsrf })
  const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
  const code = async () => {
    const answer = await send(`${domain}/oauth2/authorize?${query}`, undefined, { cookie })
    return new URL(String(answer.headers.location)).searchParams.get('code') ?? ''
  }
  const token = async (form: Record<string, string>) => {
    const answer = await send(`${domain}/oauth2/token`, { client_id, ...form })
    if (answer.status !== 200) throw new Error(`${form.grant_type}: ${answer.status} ${answer.body}`)
    return JSON.parse(answer.body) as { refresh_token: string }
  }
  const exchange = async (code: string) => token({ grant_type: 'authorization_code', code, redirect_uri })
  const revoke = async (token: string) => {
    const { status, body } = await send(`${domain}/oauth2/revoke`, { client_id, token })
    if (status !== 200) throw new Error(`revocation: ${status} ${body}`)
  }
  return { code, exchange, token, revoke, cookie, page: open }
}

/**
 * The way of a browser from pool 1 to pool 2 and back, without the pages: pool 2 knows the browser already. What is done returns the
 * cookie of the session at pool 1, and the code for the app.
 */
export async function federation(
  baseUrl: string,
  user = marco,
): Promise<() => Promise<{ readonly cookie: string; readonly code: string }>> {
  const { cookie } = await signedIn(baseUrl, user)
  const query = new URLSearchParams({
    client_id: '1webappatpool1clientid0000',
    response_type: 'code',
    redirect_uri: `${baseUrl}/_rockpool/app/callback`,
    identity_provider: 'CorporateID',
  })
  return async () => {
    const away = await send(`${baseUrl}/oidc-pool-1/oauth2/authorize?${query}`)
    const binding = String(away.headers['set-cookie']).split(';')[0] ?? ''
    const back = await send(String(away.headers.location), undefined, { cookie })
    const done = await send(String(back.headers.location), undefined, { cookie: binding })
    const code = /[?&]code=([^&]+)/.exec(String(done.headers.location))?.[1]
    if (code === undefined) throw new Error(`no code: ${done.headers.location}`)
    const cookies = [done.headers['set-cookie'] ?? []].flat().map(set => set.split(';', 1)[0])
    return { cookie: cookies.join('; '), code }
  }
}

/** A pool of its own, made through the API: users sign in by password and SRP, and by e-mail address as an alias. */
export async function aPool(baseUrl: string) {
  const call = async <A = object>(operation: string, input: object): Promise<A> => {
    const headers = {
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
      authorization: signature,
    }
    const answer = await sendJson(baseUrl, input, headers)
    if (answer.status !== 200) throw new Error(`${operation}: ${answer.body}`)
    return (answer.body === '' ? {} : JSON.parse(answer.body)) as A
  }
  const { UserPool } = await call<{ UserPool: { Id: string } }>('CreateUserPool', {
    PoolName: 'bench',
    AliasAttributes: ['email'],
  })
  const { UserPoolClient } = await call<{ UserPoolClient: { ClientId: string } }>('CreateUserPoolClient', {
    UserPoolId: UserPool.Id,
    ClientName: 'bench',
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
  })
  const { Id: UserPoolId } = UserPool
  const { ClientId } = UserPoolClient
  const create = async (number: number) => {
    await call('AdminCreateUser', {
      UserPoolId,
      Username: `user${number}`,
      TemporaryPassword: benchPassword,
      MessageAction: 'SUPPRESS',
      UserAttributes: [
        { Name: 'email', Value: `user${number}@reef.example` },
        { Name: 'email_verified', Value: 'true' },
      ],
    })
  }
  const confirm = (number: number) =>
    call('AdminSetUserPassword', {
      UserPoolId,
      Username: `user${number}`,
      Password: benchPassword,
      Permanent: true,
    })
  const signIn = (USERNAME: string) =>
    call<{ AuthenticationResult: { RefreshToken: string } }>('InitiateAuth', {
      ClientId,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME, PASSWORD: benchPassword },
    })
  const revoke = (Token: string) => call('RevokeToken', { ClientId, Token })
  const signInBySrp = async (USERNAME: string) => {
    const { ChallengeName, ChallengeParameters } = await call<{
      ChallengeName: string
      ChallengeParameters: Record<string, string>
    }>('InitiateAuth', { ClientId, AuthFlow: 'USER_SRP_AUTH', AuthParameters: { USERNAME, SRP_A } })
    // 'Wed Nov 25 12:00:00 UTC 2026', from 'Wed, 25 Nov 2026 12:00:00 GMT'
    const [weekday, day, month, year, time] = new Date().toUTCString().split(' ')
    const at = `${weekday?.slice(0, 3)} ${month} ${Number(day)} ${time} UTC ${year}`
    const ChallengeResponses = srpAnswer(UserPoolId, benchPassword, ChallengeParameters, at)
    await call('RespondToAuthChallenge', { ClientId, ChallengeName, ChallengeResponses })
  }
  return { UserPoolId, call, create, confirm, signIn, signInBySrp, revoke }
}

const benchPassword = 'Anemone-4-User!'

const signature =
  'AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host, Signature=00'
