import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { inputs, isSigned } from '../src/api/operations.js'
import { matches, type Required, type Shape, shapeOf, toRegExp } from '../src/lib/shape.js'
import { frontEndErrors, type Model, model, offencesOf, type Reference } from './support/model.js'
import { modelOfSdk } from './support/sdk-model.js'

const folder = new URL('../src/core/shapes/', import.meta.url)
const tables: Record<string, Shape> = Object.assign(
  {},
  ...(await Promise.all(readdirSync(folder).map(file => import(new URL(file, folder).href)))),
)

/** The limits of each place in a shape, by its path: `Schema[].Name`, `UserPoolTags{key}`. */
type Limits = Record<string, Record<string, unknown>>

function limitsOf(member: Shape | Required, path = ''): Limits {
  const shape = shapeOf(member)
  const here = { [path]: { ...limits({ ...shape }), ...('required' in member && { required: true }) } }
  switch (shape.type) {
    case 'list':
      return { ...here, ...limitsOf(shape.member, `${path}[]`) }
    case 'map':
      return { ...here, ...limitsOf(shape.key, `${path}{key}`), ...limitsOf(shape.value, `${path}{value}`) }
    case 'structure':
      return Object.entries(shape.members).reduce(
        (all, [name, inner]) => Object.assign(all, limitsOf(inner, `${path}.${name}`)),
        here,
      )
    default:
      return here
  }
}

/** A shape of the model as this project would write it, with all that it refers to. */
function written(model: Model, reference: Reference): Shape {
  const name = typeof reference === 'string' ? reference : reference.shape
  const shape = model.shapes[name]
  if (!shape) throw new Error(`the model has no shape ${name}`)
  if (shape.document) return { type: 'document' }
  const { required = [], members, ...rest } = shape
  const inner = Object.entries({ member: rest.member, key: rest.key, value: rest.value }).flatMap(
    ([role, of]) => (of ? [[role, written(model, of)]] : []),
  )
  const named = Object.entries(members ?? {}).map(([member, of]) => {
    const inner = written(model, of)
    return [member, required.includes(member) ? { required: inner } : inner]
  })
  return {
    ...rest,
    ...Object.fromEntries(inner),
    ...(members && { members: Object.fromEntries(named) }),
  } as Shape
}

const limits = ({ type, min, max, pattern, enum: values, sensitive }: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries({ type, min, max, pattern, values, sensitive }).filter(([, limit]) => limit !== undefined),
  )

const capital = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)
const small = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1)

/** The model's name of a shape that is no operation's input: most end in `Type`. */
const nameInModel = (model: Model, name: string): string | undefined =>
  [otherwiseNamed[name], `${capital(name)}Type`, capital(name)].find(
    candidate => candidate !== undefined && candidate in model.shapes,
  )
const otherwiseNamed: Record<string, string> = {
  domainName: 'DomainType',
  imageUrl: 'ImageUrlType',
  mfaOptionList: 'MFAOptionListType',
  smsMfaSettings: 'SMSMfaSettingsType',
  searchPaginationKey: 'PaginationKey',
  text: 'StringType',
}

/**
 * Places with a pattern in the model that the service does not hold to: custom domains have dots
 * (docs/facts/user-pools-api.md §2.3), passwords blanks inside (fact N10).
 */
const passwordOfModel = '[\\S]+'
const passwordOfService = '^[\\S]+.*[\\S]+$'
const takesMore = ['create', 'describe', 'update', 'delete'].map(verb => `${verb}UserPoolDomain.Domain`)

t.test('what an operation accepts is what the model says, member by member', async t => {
  for (const [name, table] of Object.entries(tables)) {
    const reference = model.operations[capital(name)]?.input ?? nameInModel(model, name)
    if (reference === undefined) t.fail(`${name} is neither an operation nor among the named shapes`)
    else {
      const expected = limitsOf(written(model, reference))
      for (const [path, { pattern, ...rest }] of Object.entries(expected))
        if (takesMore.includes(`${name}${path}`)) expected[path] = rest
        else if (pattern === passwordOfModel && rest.max === 256)
          expected[path] = { ...rest, pattern: passwordOfService }
      t.strictSame(limitsOf(table), expected, `${name} is ${reference}`)
    }
  }
})

t.test('every operation has its table, and none else', async t => {
  t.strictSame(Object.keys(inputs).map(capital).sort(), Object.keys(model.operations).sort())
})

/** What the SDK knows and the tables do not, and the reverse: operations, and members at every depth. */
function differences(ours: Readonly<Record<string, Shape>>, { operations, shapes }: Model): string[] {
  const all = new Set([...Object.keys(operations), ...Object.keys(ours).map(capital)])
  return [...all].sort().flatMap(name => {
    const table = ours[small(name)]
    const reference = operations[name]?.input
    if (table === undefined) return [`no table has ${name}`]
    if (reference === undefined) return [`the SDK has no ${name}`]
    const here = new Set(namesIn(table))
    const there = new Set(namesIn(written({ operations, shapes }, reference)))
    return [
      ...[...there].filter(path => !here.has(path)).map(path => `no table has ${name}${path}`),
      ...[...here].filter(path => !there.has(path)).map(path => `the SDK has no ${name}${path}`),
    ]
  })
}

t.test('the newest SDK and the tables agree on operations and members', async t => {
  const { operations, shapes } = modelOfSdk()
  t.ok(Object.keys(operations).length >= 140, `the SDK has ${Object.keys(operations).length} operations`)
  t.strictSame(differences(inputs, { operations, shapes }), [])
  for (const [name, { auth, errors }] of Object.entries(operations)) {
    // The service needs no signature for a client's own token; SDKs give one all the same (fact N34).
    if (name !== 'GetClientToken') t.equal(auth === 'sigv4', isSigned(name), `${name} is signed`)
    t.ok(errors.includes('InternalErrorException') || errors.length > 3, `${name} may be refused`)
  }

  await t.test('and a difference is noticed', async t => {
    const { operations, shapes } = modelOfSdk()
    const { listUserSessions: _gone, ...others } = inputs
    const { AcrConfiguration: _names, Policies, ...members } = inputs.createUserPool.members
    const { PasswordPolicy: _policy, ...policies } = Policies.members
    const less = {
      ...others,
      createUserPool: {
        ...inputs.createUserPool,
        members: {
          ...members,
          Policies: { ...Policies, members: policies },
          Colour: inputs.createUserPool.members.PoolName,
        },
      },
    }
    const found = differences(less as unknown as Record<string, Shape>, { operations, shapes })
    for (const difference of [
      'no table has ListUserSessions',
      'no table has CreateUserPool.AcrConfiguration',
      'no table has CreateUserPool.Policies.PasswordPolicy.MinimumLength',
      'the SDK has no CreateUserPool.Colour',
    ])
      t.ok(found.includes(difference), difference)
    const { SignUp: _operation, ...fewer } = operations
    t.strictSame(differences(inputs, { operations: fewer, shapes }), ['the SDK has no SignUp'])
  })
})

/** The places of a shape, without what a list or a map has inside when it is no structure. */
const namesIn = (shape: Shape): string[] =>
  Object.keys(limitsOf(shape))
    .filter(path => /\.\w+$/.test(path))
    .sort()

t.test('what has to be signed is what the model says', async t => {
  for (const [name, { auth }] of Object.entries(model.operations))
    t.equal(isSigned(name), auth === 'sigv4', `${name}: ${auth}`)
})

t.test('every exception that is thrown is one of the service’s', async t => {
  const known = Object.entries(model.shapes).flatMap(([name, shape]) => (shape.exception ? [name] : []))
  t.ok(known.length > 50)
  for (const part of ['api', 'flows', 'core'])
    for (const path of readdirSync(`src/${part}`, { recursive: true, encoding: 'utf8' })) {
      // The few calls of the Key Management Service that are answered have errors of that service.
      if (!path.endsWith('.ts') || path === 'key-management.ts') continue
      const text = readFileSync(`src/${part}/${path}`, 'utf8')
      for (const [, name = ''] of text.matchAll(/['"](\w+Exception)['"]/g))
        if (![...known, ...frontEndErrors].includes(name)) t.fail(`src/${part}/${path} throws ${name}`)
    }
})

t.test('an answer that is none of the model’s is noticed', async t => {
  const cases: [operation: string, status: number, body: string, sentences: string[]][] = [
    ['DeleteGroup', 200, '', []],
    ['DeleteGroup', 200, '{}', ['DeleteGroup answers with an empty body']],
    ['DeleteGroup', 400, '{"__type":"InvalidParameterException"}', []],
    [
      'DeleteGroup',
      400,
      '{"__type":"GroupExistsException"}',
      ['DeleteGroup is never refused with GroupExistsException'],
    ],
    ['GetGroup', 200, '{"Group":{"GroupName":"g","CreationDate":1.5}}', []],
    [
      'GetGroup',
      200,
      '{"Group":{"GroupName":null,"CreationDate":"2026","Colour":1},"Extra":{}}',
      [
        'GetGroup.Group.GroupName is null, not a string',
        'GetGroup.Group.CreationDate is "2026", not a timestamp',
        'GetGroup.Group has no member Colour',
        'GetGroup has no member Extra',
      ],
    ],
    ['ListTagsForResource', 200, '{"Tags":{"a":1}}', ['ListTagsForResource.Tags{} is 1, not a string']],
    [
      'AdminListGroupsForUser',
      200,
      '{"Groups":[{"Precedence":"1"}]}',
      ['AdminListGroupsForUser.Groups[].Precedence is "1", not a integer'],
    ],
  ]
  for (const [operation, status, body, sentences] of cases)
    t.strictSame(offencesOf(operation, status, body), sentences, `${operation} ${body}`)
})

t.test('the limits of every table can be met', async t => {
  for (const [name, table] of Object.entries(tables)) {
    for (const [path, { min, max, pattern, values }] of Object.entries(limitsOf(table))) {
      const place = `${name}${path}`
      if (typeof pattern === 'string')
        t.doesNotThrow(() => toRegExp(pattern), `${place}: the pattern compiles`)
      if (typeof min === 'number' && typeof max === 'number') t.ok(min <= max, `${place}: ${min} to ${max}`)
      if (Array.isArray(values)) t.equal(new Set(values).size, values.length, `${place}: no value twice`)
    }
  }
})

t.test('a pattern holds for the whole value', async t => {
  const cases: [name: string, good: string, bad: string][] = [
    ['userPoolId', 'us-east-1_Example01', 'us-east-1_Example01!'],
    ['domainName', 'my-pool', 'my-pool-'],
    ['username', 'ana', 'ana lisa'],
    ['password', 'Tide-pool-1', ' Tide-pool-1'],
    ['groupName', 'divers', 'deep divers'],
    ['arn', 'arn:aws:iam::123456789012:role/divers', 'role/divers'],
  ]
  for (const [name, good, bad] of cases) {
    const shape = tables[name]
    if (shape?.type !== 'string' || shape.pattern === undefined) t.fail(`${name} has no pattern`)
    else {
      t.ok(matches(shape.pattern, good), `${name} takes ${good}`)
      t.notOk(matches(shape.pattern, bad), `${name} refuses ${bad}`)
    }
  }
})

t.test('the short classes for plain texts mean the same as Unicode’s', async t => {
  const patterns = ['L', 'M', 'N', 'P', 'S', 'Z'].map(name => `[\\p{${name}}]`)
  const composed = ['[\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}\\s]', '[^_\\p{Z}]']
  for (const pattern of [...patterns, ...composed]) {
    const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))
    const different = printable.filter(text => matches(pattern, text) !== toRegExp(pattern).test(text))
    t.strictSame(different, [], pattern)
  }
})
