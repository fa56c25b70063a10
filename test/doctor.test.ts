import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { printDiagnoses } from '../src/cli/doctor.js'
import { parseInvocation } from '../src/cli/options.js'
import { plain } from '../src/cli/style.js'
import { clientDiagnoses } from '../src/core/rules/doctor/clients.js'
import type { Diagnosis, Patient } from '../src/core/rules/doctor/diagnosis.js'
import { mappingDiagnoses } from '../src/core/rules/doctor/mappings.js'
import { providerDiagnoses } from '../src/core/rules/doctor/providers.js'
import { metadataDiagnoses, quirkDiagnoses, samlAndSocialDiagnoses } from '../src/core/rules/doctor/saml.js'
import {
  awsNamesOf,
  clockDiagnoses,
  discoveryDiagnoses,
  nameDiagnoses,
} from '../src/core/rules/doctor/surroundings.js'
import { completeSchema } from '../src/core/schema.js'
import { aCertificate } from './support/certificates.js'
import { aRockpool } from './support/rockpool.js'

/** What a client, a provider and a pool are without fault; cases say what is different. */

const times = { createdAt: 0, modifiedAt: 0 }
const addresses = { base: 'http://localhost:7665' }
const issuer = 'http://localhost:7665/us-east-1_Upstream'

const soundClient = {
  id: 'app',
  poolId: 'us-east-1_Reef',
  name: 'app',
  secrets: [],
  settings: {
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['code'],
    AllowedOAuthScopes: ['openid', 'email', 'profile'],
    CallbackURLs: ['https://app.example/cb'],
    SupportedIdentityProviders: ['COGNITO', 'Up'],
  },
  ...times,
}

const soundProvider = {
  poolId: 'us-east-1_Reef',
  name: 'Up',
  type: 'OIDC',
  details: { client_id: 'there', client_secret: 's', oidc_issuer: issuer, authorize_scopes: 'openid email' },
  mapping: { username: 'sub', email: 'email' },
  identifiers: [],
  ...times,
}

const soundPool = {
  id: 'us-east-1_Reef',
  name: 'reef',
  settings: {},
  schema: completeSchema([
    { Name: 'email', Required: true, Mutable: true },
    { Name: 'team', Mutable: true },
  ]),
  domain: 'reef',
  issuer: 'local',
  ...times,
}

interface Differences {
  readonly pool?: object
  readonly client?: object | null
  readonly provider?: object | null
}

const aPatient = ({ pool = {}, client = {}, provider = {} }: Differences = {}): Patient =>
  ({
    pool: { ...soundPool, ...pool },
    clients: client === null ? [] : [{ ...soundClient, settings: { ...soundClient.settings, ...client } }],
    providers: provider === null ? [] : [{ ...soundProvider, ...provider }],
  }) as unknown as Patient

/** The pool that the provider is, as it knows the first one. */
const upstream = ({ client = {}, pool = {} }: { client?: object; pool?: object } = {}): Patient =>
  ({
    pool: { ...soundPool, id: 'us-east-1_Upstream', name: 'upstream', domain: 'up', ...pool },
    clients: [
      {
        ...soundClient,
        id: 'there',
        name: 'reef',
        secrets: [{ id: 's', value: 's', createdAt: 0 }],
        settings: {
          ...soundClient.settings,
          SupportedIdentityProviders: ['COGNITO'],
          CallbackURLs: ['http://localhost:7665/reef/oauth2/idpresponse'],
          ...client,
        },
      },
    ],
    providers: [],
  }) as unknown as Patient

const found = (diagnoses: Iterable<Diagnosis>): string[] =>
  [...diagnoses].map(({ severity, rule, path }) => `${severity} ${rule} ${path.join('.')}`)

type Case = readonly [what: string, diagnoses: Iterable<Diagnosis>, ...expected: string[]]

function holds(t: Test, cases: readonly Case[]) {
  for (const [what, diagnoses, ...expected] of cases) {
    const all = [...diagnoses]
    t.strictSame(found(all), expected, what)
    for (const { because, remedy } of all) {
      t.match(because, /^\S.+[.:]$/s, `"${because}" is a sentence`)
      t.match(remedy, /^[A-Z].+[.:]$/s, `"${remedy}" says what to change`)
      t.notMatch(because + remedy, /undefined/, 'it names what it is about')
    }
  }
}

t.test('mappings that lose an attribute, or a sign-in, are found', async t => {
  const mapping = (more: Differences) => mappingDiagnoses(aPatient(more))
  const withTeam = { mapping: { username: 'sub', email: 'email', 'custom:team': 'team' } }
  const fixed = completeSchema([{ Name: 'email', Required: true, Mutable: false }])
  const lax = completeSchema([])
  const required = 'error required-attribute-unmapped IdentityProviders.Up.AttributeMapping.email'
  const write = 'mapped-attribute-not-writable Clients.app.WriteAttributes'
  holds(t, [
    ['a sound one', mapping({})],
    ['required, and unmapped', mapping({ provider: { mapping: { username: 'sub' } } }), required],
    [
      'required, and unmapped, whatever the type',
      mapping({ provider: { type: 'SAML', mapping: {} } }),
      required,
    ],
    ['not required', mapping({ pool: { schema: lax }, provider: { mapping: {} } })],
    [
      'immutable',
      mapping({ pool: { schema: fixed } }),
      'error mapped-attribute-immutable IdentityProviders.Up.AttributeMapping.email',
    ],
    ['custom, and no list', mapping({ provider: withTeam })],
    [
      'custom, not in the list',
      mapping({ provider: withTeam, client: { WriteAttributes: ['email'] } }),
      `warning ${write}`,
    ],
    [
      'custom, in the list',
      mapping({ provider: withTeam, client: { WriteAttributes: ['email', 'custom:team'] } }),
    ],
    ['required, not in the list', mapping({ client: { WriteAttributes: ['name'] } }), `error ${write}`],
    [
      'not in the list of a client that does not list the provider',
      mapping({ client: { WriteAttributes: ['name'], SupportedIdentityProviders: ['COGNITO'] } }),
    ],
    [
      'verified flags need no permission',
      mapping({
        provider: { mapping: { email: 'email', email_verified: 'email_verified' } },
        client: { WriteAttributes: ['email'] },
      }),
    ],
  ])
})

t.test('clients that nobody can sign in through are found', async t => {
  const client = (more: Differences) => clientDiagnoses(aPatient(more))
  holds(t, [
    ['a sound one', client({})],
    ['no domain', client({ pool: { domain: undefined } }), 'error domain-missing Domain'],
    [
      'a custom domain is one',
      client({ pool: { domain: undefined, customDomain: { name: 'auth.reef.example' } } }),
    ],
    ['nothing that needs a domain', client({ pool: { domain: undefined }, client: null, provider: null })],
    [
      'a machine needs one',
      client({
        pool: { domain: undefined },
        client: { AllowedOAuthFlows: ['client_credentials'] },
        provider: null,
      }),
      'error domain-missing Domain',
    ],
    [
      'nothing to sign in with',
      client({ client: { SupportedIdentityProviders: undefined } }),
      'error no-login-option Clients.app.SupportedIdentityProviders',
    ],
    [
      'a provider that is none',
      client({ client: { SupportedIdentityProviders: ['Up', 'Gone'] } }),
      'error provider-unknown Clients.app.SupportedIdentityProviders.Gone',
    ],
    [
      'no openid',
      client({ client: { AllowedOAuthScopes: ['email'] } }),
      'warning scope-missing Clients.app.AllowedOAuthScopes',
    ],
    [
      'a callback on this machine, and others not',
      client({ client: { CallbackURLs: ['http://localhost:3000/cb'] } }),
      'hint callback-of-dev-server Clients.app.CallbackURLs',
    ],
    [
      'all that are usual',
      client({ client: { CallbackURLs: [5173, 3000, 4200, 8080].map(port => `http://localhost:${port}/`) } }),
    ],
    [
      'another pool as the client',
      client({ client: { CallbackURLs: ['http://localhost:7665/up/oauth2/idpresponse'] } }),
    ],
  ])
  const [hint] = client({
    client: { CallbackURLs: ['http://localhost:3000/cb', 'http://localhost:8080/cb'] },
  })
  t.match(hint?.because, /5173 \(Vite\), http:\/\/localhost:4200 \(Angular\)/)
})

t.test('providers that cannot work, and what another pool of ours knows of this one, are found', async t => {
  const provider = (more: Differences, there: Patient = upstream()) => {
    const patient = aPatient(more)
    return providerDiagnoses(patient, [patient, there], addresses)
  }
  const details = (more: object) => ({ provider: { details: { ...soundProvider.details, ...more } } })
  const at = (rule: string, name: string) => `error ${rule} IdentityProviders.Up.ProviderDetails.${name}`
  const mapped = (claim: string) => ({ provider: { mapping: { email: 'email', name: claim } } })
  const stranger = (more: object) => details({ oidc_issuer: 'https://up.example', ...more })
  holds(t, [
    ['a sound one', provider({})],
    [
      'no client lists it',
      provider({ client: { SupportedIdentityProviders: ['COGNITO'] } }),
      'error provider-not-enabled IdentityProviders.Up',
    ],
    ['no clients', provider({ client: null }), 'error provider-not-enabled IdentityProviders.Up'],
    ['another secret', provider(details({ client_secret: 'x' })), at('secret-unlike', 'client_secret')],
    ['no secret', provider(details({ client_secret: undefined })), at('secret-unlike', 'client_secret')],
    ['another client', provider(details({ client_id: 'x' })), at('client-unknown', 'client_id')],
    [
      'no code flow there',
      provider({}, upstream({ client: { AllowedOAuthFlowsUserPoolClient: false } })),
      at('client-cannot-sign-in', 'client_id'),
    ],
    [
      'another callback there',
      provider({}, upstream({ client: { CallbackURLs: ['http://localhost:7665/reef/cb'] } })),
      at('callback-unknown', 'client_id'),
    ],
    [
      'a scope that the client there may not ask for',
      provider(details({ authorize_scopes: 'openid email phone' })),
      at('scope-not-allowed', 'authorize_scopes'),
    ],
    ['no openid', provider(details({ authorize_scopes: 'email' })), at('scope-missing', 'authorize_scopes')],
    [
      'no openid, of a stranger',
      provider(stranger({ authorize_scopes: 'email' })),
      at('scope-missing', 'authorize_scopes'),
    ],
    [
      'a claim of another scope',
      provider(mapped('given_name')),
      'warning scope-missing IdentityProviders.Up.ProviderDetails.authorize_scopes',
    ],
    [
      'a claim of another scope, of a stranger',
      provider(stranger({ authorize_scopes: 'openid' })),
      'warning scope-missing IdentityProviders.Up.ProviderDetails.authorize_scopes',
    ],
    [
      'openid alone is all that a pool has',
      provider({
        provider: { ...details({ authorize_scopes: 'openid' }).provider, ...mapped('given_name').provider },
      }),
    ],
    [
      'an attribute that the users there do not have',
      provider(mapped('department')),
      'warning claim-not-sent IdentityProviders.Up.AttributeMapping.name',
    ],
    [
      'an attribute that the client there may not read',
      provider({}, upstream({ client: { ReadAttributes: ['name'] } })),
      'warning claim-not-sent IdentityProviders.Up.AttributeMapping.email',
    ],
    [
      'the address that the other pool has on AWS',
      provider(details({ oidc_issuer: 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Upstream' })),
      at('issuer-on-aws', 'oidc_issuer'),
    ],
  ])
})

t.test('what providers answer, where names lead and what the clock shows is judged', async t => {
  const { pool, providers } = aPatient()
  const [up] = providers as [Patient['providers'][number]]
  const endpoints = { authorize_url: 'a', token_url: 't', attributes_url: 'u', jwks_uri: 'j' }
  const url = `${issuer}/.well-known/openid-configuration`
  const answer = { url, issuer, endpoints, scopes: [], claims: [] }
  const judged = (more: object, isByHand = false) =>
    discoveryDiagnoses(pool, up, { answer: { ...answer, ...more }, isByHand })
  const failed = (isByHand: boolean) =>
    discoveryDiagnoses(pool, up, { answer: { url, failed: 'it sleeps' }, isByHand })
  const path = 'IdentityProviders.Up.ProviderDetails.oidc_issuer'
  holds(t, [
    ['a sound one', judged({})],
    ['unreachable', failed(false), `error provider-unreachable ${path}`],
    ['unreachable, and not needed', failed(true), `warning provider-unreachable ${path}`],
    ['another issuer', judged({ issuer: `${issuer}/other` }), `error issuer-differs ${path}`],
    ['a slash too many', judged({ issuer: `${issuer}/` }), `warning issuer-differs ${path}`],
    ['no issuer', judged({ issuer: undefined }), `error issuer-differs ${path}`],
    [
      'no keys',
      judged({ endpoints: { ...endpoints, jwks_uri: undefined } }),
      `error provider-unreachable ${path}`,
    ],
    ['a name that leads here', nameDiagnoses(pool, 'a.example', { addresses: ['127.0.0.1'], isHere: true })],
    [
      'a name that leads elsewhere',
      nameDiagnoses(pool, 'a.example', { addresses: ['192.0.2.1'], isHere: false }),
      'warning aws-name-leads-elsewhere ',
    ],
    ['the clock of the system', clockDiagnoses({ aheadMs: 0 }, 0)],
    ['a clock that is ahead', clockDiagnoses({ aheadMs: 60_000 }, 60), 'warning clock-moved '],
    ['a clock that stands', clockDiagnoses({ frozenAt: 0 }, 0), 'warning clock-moved '],
  ])
  t.strictSame(awsNamesOf(addresses, pool), [], 'pools with local addresses need no names')
  t.strictSame(awsNamesOf({ ...addresses, awsAddresses: true }, pool), [
    'reef.auth.us-east-1.amazoncognito.com',
    'cognito-idp.us-east-1.amazonaws.com',
  ])
  t.strictSame(awsNamesOf(addresses, { ...pool, issuer: 'aws' }), ['cognito-idp.us-east-1.amazonaws.com'])
})

t.test('what SAML and social providers, their metadata and their quirks will spoil is found', async t => {
  const saml = (provider: object = {}, pool: object = {}) =>
    aPatient({
      provider: {
        type: 'SAML',
        details: { MetadataURL: 'https://idp.example/metadata', IDPInit: 'true' },
        mapping: { email: 'mail' },
        ...provider,
      },
      pool,
    })
  const patient = (...differences: Parameters<typeof saml>) => samlAndSocialDiagnoses(saml(...differences))
  const path = 'IdentityProviders.Up'
  const optionalEmail = { schema: completeSchema([]) }
  const now = Date.parse('2026-06-01T00:00:00Z')
  const certificateOf = async (days: number) => {
    const notBefore = new Date(now + (days - 365) * 86_400_000)
    const made = { name: 'idp', serialNumber: randomBytes(16), notBefore, years: 1 }
    return (await aCertificate(made)).certificate
  }
  const [long, short, ended] = [await certificateOf(300), await certificateOf(20), await certificateOf(-1)]
  const said = {
    source: 'https://idp.example/metadata',
    entityId: 'idp',
    ssoUrl: 'https://idp.example/sso',
    certificates: [long],
    readAt: now,
  }
  const told = (metadata: object, details: object = {}) => {
    const { pool, providers } = saml({ details: { MetadataURL: said.source, ...details } })
    return metadataDiagnoses(
      pool,
      providers[0] as Patient['providers'][number],
      { ...said, ...metadata },
      now,
    )
  }
  const url = `${path}.ProviderDetails.MetadataURL`
  const quirky = (...quirks: string[]) => {
    const { pool, providers } = saml()
    const upstream = { name: 'corp', kind: 'saml', clients: [], users: [], quirks }
    return quirkDiagnoses(pool, providers[0] as Patient['providers'][number], upstream as never)
  }
  const { requests, logout } = { requests: { wantsSignedRequests: true }, logout: { IDPSignout: 'true' } }
  holds(t, [
    ['a sound one', patient()],
    [
      'no address',
      patient({ mapping: {} }, optionalEmail),
      `hint email-unmapped ${path}.AttributeMapping.email`,
    ],
    ['a required address, which the mappings are asked about', patient({ mapping: {} })],
    [
      'a social provider without an address',
      patient({ type: 'Google', details: {}, mapping: {} }, optionalEmail),
      `hint email-unmapped ${path}.AttributeMapping.email`,
    ],
    [
      'a mapped username',
      patient({ mapping: { email: 'mail', username: 'uid' } }),
      `error username-mapped ${path}.AttributeMapping.username`,
    ],
    [
      'a portal whose tile leads nowhere',
      patient({ details: { MetadataURL: said.source } }),
      `hint provider-may-not-begin ${path}.ProviderDetails.IDPInit`,
    ],
    ['metadata that are good', told({ sloUrl: 'https://idp.example/slo' }, logout)],
    ['a certificate that ends soon', told({ certificates: [short] }), `warning certificate-expiring ${url}`],
    ['the next one beside it', told({ certificates: [short, long] })],
    ['one that has ended', told({ certificates: [ended] }), `warning certificate-expiring ${url}`],
    ['metadata that are too old', told({ validUntil: now - 1 }), `warning metadata-expired ${url}`],
    [
      'too old, of a file',
      told({ validUntil: now - 1 }, { MetadataURL: undefined, MetadataFile: '<xml/>' }),
      `warning metadata-expired ${path}.ProviderDetails.MetadataFile`,
    ],
    [
      'a sign-out that is not offered',
      told({}, logout),
      `warning logout-not-offered ${path}.ProviderDetails.IDPSignout`,
    ],
    [
      'signed requests that are wanted',
      told(requests),
      `error requests-unsigned ${path}.ProviderDetails.RequestSigningAlgorithm`,
    ],
    ['and sent', told(requests, { RequestSigningAlgorithm: 'rsa-sha256' })],
    ['a built-in one that behaves', quirky()],
    ...(['wrong-audience', 'wrong-recipient', 'expired', 'no-name-id', 'rotated-certificate'] as const).map(
      (quirk): Case => [`a quirk: ${quirk}`, quirky(quirk), `hint upstream-quirk ${path}`],
    ),
  ])
  t.match(
    [...quirky('wrong-recipient')][0]?.because,
    'names another recipient. Cognito refuses the recipient.',
  )
})

t.test('the doctor reads the metadata of a SAML provider, or says why it cannot', async t => {
  const saml = (ProviderName: string, ProviderDetails: object) => ({
    ProviderName,
    ProviderType: 'SAML',
    ProviderDetails,
    AttributeMapping: { email: 'mail' },
  })
  const rockpool = await aRockpool(t, {
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Id: 'us-east-1_Reef',
          Domain: 'reef',
          IdentityProviders: [
            // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference
            saml('Corp', { MetadataURL: '${upstreams.corp.metadata}', IDPInit: 'true' }),
            saml('Silent', { MetadataURL: 'http://127.0.0.1:9/metadata', IDPInit: 'true' }),
          ],
        },
      ],
      UpstreamProviders: [
        { Name: 'corp', Kind: 'saml', Quirks: ['wants-signed-requests', 'wrong-audience'] },
      ],
    },
  })
  // It may still be starting, for longer than the doctor waits where the machine is slow.
  await fetch(`${rockpool.baseUrl}/_rockpool/zoo/corp/saml/metadata`)
  const answer = await fetch(`${rockpool.baseUrl}/_rockpool/doctor`)
  const { diagnoses } = (await answer.json()) as { diagnoses: Diagnosis[] }
  const about = (name: string) => found(diagnoses.filter(({ path }) => path[1] === name)).sort()
  const details = (name: string, detail: string) => `IdentityProviders.${name}.ProviderDetails.${detail}`
  t.match(about('Corp'), [
    `error provider-not-enabled IdentityProviders.Corp`,
    `error requests-unsigned ${details('Corp', 'RequestSigningAlgorithm')}`,
    'hint upstream-quirk IdentityProviders.Corp',
    'hint upstream-quirk IdentityProviders.Corp',
  ])
  t.match(about('Silent'), [
    `error metadata-unusable ${details('Silent', 'MetadataURL')}`,
    'error provider-not-enabled IdentityProviders.Silent',
  ])
})

/** A pool whose provider nobody answers for, and whose client nothing can be signed in with. */
const ailing = {
  UserPools: [
    {
      PoolName: 'reef',
      Id: 'us-east-1_Reef',
      Domain: 'reef',
      Issuer: 'aws',
      Schema: [{ Name: 'email', Required: true, AttributeDataType: 'String' }],
      IdentityProviders: [
        {
          ProviderName: 'Upstream',
          ProviderType: 'OIDC',
          ProviderDetails: {
            client_id: 'c',
            client_secret: 'never-shown',
            authorize_scopes: 'openid',
            attributes_request_method: 'GET',
            oidc_issuer: 'http://127.0.0.1:9/nobody',
          },
        },
      ],
    },
    { PoolName: 'well', Id: 'us-east-1_Well' },
  ],
}

const line = (...args: string[]) => {
  const invocation = parseInvocation(args, {})
  if (!('options' in invocation)) throw new Error('no options')
  return invocation.options
}

t.test('the log says at the start which mappings lose an attribute or a sign-in, each once', async t => {
  const provider = (name: string, mapping: object) => ({
    ProviderName: name,
    ProviderType: 'OIDC',
    ProviderDetails: {
      client_id: 'c',
      client_secret: 's',
      oidc_issuer: issuer,
      authorize_scopes: 'openid email',
      attributes_request_method: 'GET',
    },
    AttributeMapping: mapping,
  })
  const attribute = (name: string, more: object = {}) => ({
    Name: name,
    AttributeDataType: 'String',
    Mutable: true,
    ...more,
  })
  const log: string[] = []
  await aRockpool(t, {
    log: line => log.push(line),
    seed: {
      UserPools: [
        {
          PoolName: 'reef',
          Domain: 'reef',
          Schema: [
            attribute('email', { Required: true }),
            attribute('badge', { Mutable: false }),
            attribute('team'),
          ],
          IdentityProviders: [
            provider('Bare', { username: 'sub' }),
            provider('Stiff', { email: 'email', 'custom:badge': 'badge' }),
            provider('Shy', { email: 'email', 'custom:team': 'team' }),
          ],
          Clients: [
            {
              ClientName: 'app',
              CallbackURLs: ['https://app.example/cb'],
              AllowedOAuthFlowsUserPoolClient: true,
              AllowedOAuthFlows: ['code'],
              AllowedOAuthScopes: ['openid'],
              SupportedIdentityProviders: ['Bare', 'Stiff', 'Shy'],
              WriteAttributes: ['email', 'custom:badge'],
            },
          ],
        },
      ],
    },
  })
  for (const [what, line] of [
    ['required, and unmapped', /reef.*Bare.*email.*Add email: email to AttributeMapping of Bare/s],
    ['immutable, and mapped', /reef.*Stiff.*custom:badge.*Mutable/s],
    [
      'not for the client to write',
      /reef.*custom:team.*Add custom:team to WriteAttributes of the client app/s,
    ],
  ] as const)
    t.equal(log.filter(text => line.test(text)).length, 1, `${what}: ${log.join(' | ')}`)
})

t.test('rockpool doctor and GET /_rockpool/doctor ask the one that runs', async t => {
  const log: string[] = []
  const rockpool = await aRockpool(t, { seed: ailing, log: text => log.push(text) })
  const asked = await fetch(`${rockpool.baseUrl}/_rockpool/doctor?pool=reef`)
  const { healthy, diagnoses } = (await asked.json()) as { healthy: boolean; diagnoses: Diagnosis[] }
  t.equal(healthy, false)
  t.strictSame(
    new Set(diagnoses.map(({ rule }) => rule)),
    new Set([
      'provider-not-enabled',
      'required-attribute-unmapped',
      'provider-unreachable',
      'aws-name-leads-elsewhere',
    ]),
  )
  t.notMatch(JSON.stringify(diagnoses), /never-shown/, 'no secret is told')
  const required = log.filter(text => text.includes('AttributeMapping of Upstream'))
  t.equal(required.length, 1, 'the log tells it at the start, once')
  t.notOk(
    log.some(text => text.includes('redirect_mismatch')),
    'hints are not for the log',
  )

  let printed = ''
  const output = {
    out(text: string) {
      printed += text
    },
    err: () => {},
    style: plain,
  }
  const options = line('doctor', '--base-url', rockpool.baseUrl)
  t.equal(await printDiagnoses(options, output), 1, 'the exit status says that something is wrong')
  t.match(printed, /^reef\n {2}error +\S+\n {11}\S/)
  t.match(printed, /→ Add email: email to AttributeMapping of Upstream\./)
  for (const text of printed.split('\n'))
    t.ok(text.length <= 100 || !/ \S+ \S+$/.test(text), 'lines are short')
  printed = ''
  const well = line('doctor', '--base-url', rockpool.baseUrl, '--pool', 'well', '--json')
  t.equal(await printDiagnoses(well, output), 0)
  t.strictSame(JSON.parse(printed), { healthy: true, diagnoses: [] })

  const nobody = printDiagnoses(line('doctor', '--pool', 'wel', '--base-url', rockpool.baseUrl), output)
  await t.rejects(nobody, { message: /no pool "wel".*Did you mean "well"/ })
  await t.rejects(printDiagnoses(line('doctor', '--port', '9'), output), {
    name: 'NoAnswerError',
    message: /No Rockpool answers at http:\/\/localhost:9.*rockpool start/,
  })
})

t.test('the demo needs nothing, and a clock that was moved is reported', async t => {
  const rockpool = await aRockpool(t)
  const asked = async () => {
    const { healthy, diagnoses } = (await (await fetch(`${rockpool.baseUrl}/_rockpool/doctor`)).json()) as {
      healthy: boolean
      diagnoses: Diagnosis[]
    }
    return { healthy, rules: diagnoses.filter(({ severity }) => severity !== 'hint').map(({ rule }) => rule) }
  }
  t.strictSame(await asked(), { healthy: true, rules: [] })
  rockpool.operations.clock.advance({ days: 1 })
  t.strictSame(await asked(), { healthy: false, rules: ['clock-moved'] })
})
