import fc from 'fast-check'
import t from 'tap'
import { inputs } from '../src/api/operations.js'
import { validated } from '../src/api/validate.js'
import { Refusal } from '../src/core/refusal.js'
import { list, map, type Required, type Shape, shapeOf, string, structure } from '../src/lib/shape.js'

/** What an input is refused with: code and words. */
function refused(shape: Parameters<typeof validated>[0], body: unknown): [code: string, told: string] {
  try {
    validated(shape, body)
    return ['', '']
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return [error.code, error.told]
  }
}

/** A place in an input at which something can be wrong. */
interface Place {
  /** As messages name it: list elements that are structures by position, other elements by their list. */
  readonly path: string
  readonly shape: Shape
  /** What stands around a value at this place. */
  readonly around: (value: unknown) => unknown
  readonly isSecret: boolean
  /** What the constraint of an element is wrapped into. */
  readonly wrapped: (constraint: string) => RegExp
}

const literally = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Every place of a shape, itself included (docs/facts/user-pools-api.md §1.4). */
function placesOf(member: Shape | Required, place: Omit<Place, 'shape'>): Place[] {
  const shape = shapeOf(member)
  const here = { ...place, shape, isSecret: place.isSecret || holdsSecret(shape) }
  const within = place.isSecret || ('sensitive' in shape && shape.sensitive === true)
  const { path, around } = place
  switch (shape.type) {
    case 'structure':
      return [
        here,
        ...Object.entries(shape.members).flatMap(([name, inner]) =>
          placesOf(inner, {
            ...place,
            path: `${path === '' ? '' : `${path}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`,
            around: value => around({ [name]: value }),
            isSecret: within,
          }),
        ),
      ]
    case 'list': {
      const isNamed = ['structure', 'list', 'map'].includes(shape.member.type)
      const inner = {
        path: isNamed ? `${path}.1.member` : path,
        around: (value: unknown) => around([value]),
        isSecret: within,
        wrapped: isNamed
          ? place.wrapped
          : (constraint: string) => RegExp(`Member must satisfy constraint: \\[.*${literally(constraint)}`),
      }
      return [here, ...placesOf(shape.member, inner)]
    }
    case 'map': {
      const isStructure = shape.value.type === 'structure'
      const inner = (what: string, around: Place['around'], shape: Shape) =>
        placesOf(shape, {
          path,
          around,
          isSecret: within || holdsSecret(here.shape),
          wrapped: constraint => RegExp(`${what} must satisfy constraint: \\[.*${literally(constraint)}`),
        })
      return [
        here,
        ...inner('Map keys', key => around({ [String(key)]: isStructure ? {} : 'x' }), shape.key),
        ...(isStructure
          ? placesOf(shape.value, {
              ...place,
              path: `${path}.x.member`,
              around: value => around({ x: value }),
              isSecret: within,
            })
          : inner('Map value', value => around({ x: value }), shape.value)),
      ]
    }
    default:
      return [here]
  }
}

function holdsSecret(member: Shape | Required): boolean {
  const shape = shapeOf(member)
  return (
    ('sensitive' in shape && shape.sensitive === true) ||
    (shape.type === 'list' && holdsSecret(shape.member)) ||
    (shape.type === 'map' && (holdsSecret(shape.key) || holdsSecret(shape.value))) ||
    (shape.type === 'structure' && Object.values(shape.members).some(holdsSecret))
  )
}

const operations = Object.entries(inputs).map(([name, input]) => ({
  name,
  input,
  places: placesOf(input, {
    path: '',
    around: value => value,
    isSecret: false,
    wrapped: constraint => RegExp(literally(constraint)),
  }),
}))

/** Too much, or too little, or none of the values: what breaks a constraint, and the words for it. */
function breaches({ shape }: Place, marker: string): [value: unknown, constraint: string][] {
  const { min = 0, max = Number.POSITIVE_INFINITY } = shape as { min?: number; max?: number }
  const noun = shape.type === 'integer' ? 'value' : 'length'
  const tooMuch = `Member must have ${noun} less than or equal to ${max}`
  const tooLittle = `Member must have ${noun} greater than or equal to ${min}`
  const found: [value: unknown, constraint: string][] = []
  if (max < 200_000) found.push([sized(shape, max + 1, marker), tooMuch])
  if (min > 0) found.push([sized(shape, min - 1, marker), tooLittle])
  if (shape.type === 'string' && shape.enum) found.push([marker, 'Member must satisfy enum value set: ['])
  return found
}

function sized(shape: Shape, size: number, marker: string): unknown {
  switch (shape.type) {
    case 'integer':
      return size
    case 'string':
      return marker.repeat(Math.ceil(size / marker.length)).slice(0, size)
    case 'blob':
      return Buffer.alloc(size, 7).toString('base64')
    case 'list':
      return Array.from({ length: size }, () => empty(shape.member, marker))
    default:
      return Object.fromEntries(Array.from({ length: size }, (_, index) => [`${marker}${index}`, 'x']))
  }
}

const empty = ({ type }: Shape, marker: string): unknown =>
  type === 'structure' || type === 'map' ? {} : type === 'list' ? [] : marker

t.test('each broken constraint is told in its words, at its place, and no secret with it', async t => {
  fc.assert(
    fc.property(fc.stringMatching(/^Zz[a-z]{10,14}$/), marker => {
      for (const { name, input, places } of operations)
        for (const place of places)
          for (const [value, constraint] of breaches(place, marker)) {
            const [code, told] = refused(input, place.around(value))
            const what = `${name} ${place.path}: ${constraint}\n${told.slice(0, 500)}`
            if (code !== 'InvalidParameterException') throw new Error(`${what}: ${code}`)
            const entries = told.replace(/^\d+ validation errors? detected: /, '').split(/; (?=Value )/)
            const head = `${entries.length} validation error${entries.length === 1 ? '' : 's'} detected: Value `
            if (!told.startsWith(head)) throw new Error(`${what}: counted otherwise`)
            const right = entries.some(
              entry =>
                entry.includes(`at '${place.path}' failed to satisfy constraint: `) &&
                place.wrapped(constraint).test(entry),
            )
            if (!right) throw new Error(`${what}: is not told`)
            if (place.isSecret && told.includes(marker.slice(0, 12)))
              throw new Error(`${what}: a secret is told`)
          }
    }),
    { numRuns: 2 },
  )
  t.ok(operations.flatMap(({ places }) => places).length > 1000)
})

t.test('a required member that is missing, or null, is told', async t => {
  for (const { name, input, places } of operations)
    for (const { shape, path, around } of places) {
      if (shape.type !== 'structure') continue
      for (const [member, inner] of Object.entries(shape.members)) {
        if (!('required' in inner)) continue
        const at = `${path === '' ? '' : `${path}.`}${member.charAt(0).toLowerCase()}${member.slice(1)}`
        for (const body of [{}, { [member]: null }])
          if (
            !refused(input, around(body))[1].includes(
              `Value null at '${at}' failed to satisfy constraint: Member must not be null`,
            )
          )
            t.fail(`${name} ${at}`)
      }
    }
  t.pass('in every structure')
})

t.test('a value of another JSON type is no matter of constraints', async t => {
  const wrong: Record<string, unknown[]> = {
    structure: [1, 'x', true, []],
    map: [1, 'x', true, []],
    document: [1, 'x', true, []],
    list: [1, 'x', true, {}],
    string: [1, true, {}, []],
    blob: [1, false, {}, []],
    boolean: [1, 'true', {}, []],
    integer: ['1', true, {}, [], 1.5],
  }
  const words =
    /^(Expected (map|list) or null|Start of (list|structure or map) found where not expected\.|(TRUE|FALSE|NUMBER|STRING)_VALUE can not be converted to an? (String|Boolean|Integer))$/
  for (const { name, input, places } of operations)
    for (const { shape, path, around } of places.filter(({ path }) => path !== ''))
      for (const value of wrong[shape.type] ?? []) {
        const body = around(value)
        // The key of a map is a text whatever it is made of.
        if (['"x"', '{}'].some(of => JSON.stringify(body).includes(`"${String(value)}":${of}`))) continue
        // Few places take a text for a Boolean (fact P52).
        if (shape.type === 'boolean' && shape.takesText && typeof value === 'string') continue
        const [code, told] = refused(input, body)
        if (code !== 'SerializationException' || !words.test(told))
          t.fail(`${name} ${path} ${JSON.stringify(value)}: ${code} ${told}`)
      }
  t.pass('at every place')
})

t.test('what is secret inside withholds what is around it', async t => {
  const secrets = structure({
    Passwords: list(string({ sensitive: true, max: 3 })),
    Users: list(structure({ Password: string({ sensitive: true }) }), { max: 1 }),
    Answers: map(string(), string({ max: 3 }), { sensitive: true }),
    Hints: map(string({ max: 3 }), string({ sensitive: true })),
    Device: structure({ Address: string({ max: 3 }) }, { sensitive: true }),
  })
  const hidden = 'topsecret'
  t.equal(
    refused(secrets, {
      Passwords: [hidden],
      Users: [{ Password: hidden }, { Password: hidden }],
      Answers: { a: hidden },
      Hints: { long: hidden },
      Device: { Address: hidden },
    })[1],
    "5 validation errors detected: Value at 'passwords' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 3]; " +
      "Value at 'users' failed to satisfy constraint: Member must have length less than or equal to 1; " +
      "Value at 'answers' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 3]; " +
      "Value at 'hints' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 3]; " +
      "Value at 'device.address' failed to satisfy constraint: Member must have length less than or equal to 3",
  )
})

t.test('the validator holds whatever it is given', async t => {
  const refusedOrRight = (value: unknown) => {
    for (const shape of Object.values(inputs)) {
      try {
        validated(shape, value)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
      }
    }
    return true
  }
  fc.assert(
    fc.property(fc.json(), text => refusedOrRight(JSON.parse(text))),
    { numRuns: 50 },
  )
  // And valid input, made from the tables themselves, is let through unchanged.
  for (const [name, shape] of Object.entries(inputs)) {
    fc.assert(
      fc.property(valid(shape), value => {
        try {
          validated(shape, value)
          return true
        } catch (error) {
          // Texts are drawn without looking at their pattern: that alone may be complained of.
          return (
            error instanceof Refusal &&
            !/not be null|length|value less|value greater|enum/.test(withoutPatterns(error.told))
          )
        }
      }),
      { numRuns: 5 },
    )
    t.pass(name)
  }
})

const withoutPatterns = (told: string) =>
  told
    .split('; ')
    .filter(entry => !entry.includes('regular expression pattern'))
    .join('; ')
    .replace(/^\d+ validation errors? detected: /, '')

/** Values that keep to the sizes and enumerations of a shape. */
function valid(member: Shape | Required): fc.Arbitrary<unknown> {
  const shape = shapeOf(member)
  const { min = 0, max = min + 5 } = shape as { min?: number; max?: number }
  const few = Math.max(min, Math.min(max, min + 3))
  switch (shape.type) {
    case 'structure':
      return fc.record(
        Object.fromEntries(Object.entries(shape.members).map(([name, inner]) => [name, valid(inner)])),
        {
          requiredKeys: Object.keys(shape.members).filter(name => 'required' in (shape.members[name] ?? {})),
        },
      )
    case 'list':
      return fc.array(valid(shape.member), { minLength: min, maxLength: few })
    case 'map':
      return fc.dictionary(valid(shape.key) as fc.Arbitrary<string>, valid(shape.value), {
        minKeys: min,
        maxKeys: few,
      })
    case 'string':
      return shape.enum ? fc.constantFrom(...shape.enum) : fc.string({ minLength: min, maxLength: few })
    case 'integer':
      return fc.integer({ min, max })
    case 'boolean':
      return fc.boolean()
    case 'blob':
      return fc
        .uint8Array({ minLength: min, maxLength: few })
        .map(bytes => Buffer.from(bytes).toString('base64'))
    default:
      return fc.constant({ any: ['thing'] })
  }
}
