import t from 'tap'
import { type JsonReader, jsonReader } from '../src/lib/json-reader.js'

/** A text in pieces of a length. */
async function* cut(text: string, length: number): AsyncGenerator<string> {
  for (let from = 0; from < text.length; from += length) yield text.slice(from, from + length)
}

/** Goes into objects and lists, two levels deep, and takes what is below as a whole. */
async function walked(json: JsonReader, levels = 2): Promise<unknown> {
  const first = await json.next()
  if (levels > 0 && first === '{') {
    const members: [string, unknown][] = []
    for await (const name of json.members()) members.push([name, await walked(json, levels - 1)])
    return Object.fromEntries(members)
  }
  if (levels > 0 && first === '[') {
    const items: unknown[] = []
    for await (const _ of json.items()) items.push(await walked(json, levels - 1))
    return items
  }
  return json.value()
}

async function all(text: string, length: number): Promise<unknown> {
  const json = jsonReader(cut(text, length))
  const value = await walked(json)
  if ((await json.next()) !== '') throw new SyntaxError('more')
  return value
}

t.test('wherever a text is cut, it is read as JSON.parse reads it', async t => {
  const texts = [
    { a: [1, -2.5e3, true, null, 'x"y\\z', { deep: [['}', ']']] }], 'b"': {}, c: [], d: '' },
    [{ a: 1 }, [[2]], 'é\u2028😀', [], {}],
    'text',
    7,
  ].flatMap(value => [JSON.stringify(value), ` ${JSON.stringify(value, undefined, 2)}\n`])
  for (const text of texts)
    for (const length of [1, 2, 3, 7, 1000]) t.strictSame(await all(text, length), JSON.parse(text))
})

t.test('what is no JSON is refused', async t => {
  for (const text of [
    ...['', ' ', '{', '[', '[1', '[1,', '{"a"', '{"a":', '{"a":1', '{"a":1,}', '[1,]', '[1 2]', '{"a" 1}'],
    ...['{a:1}', '[1}', '{"a":[1,2}', '"a', '[tru]', '{} {}', '[]]', '[,1]', '{"a":}'],
    '['.repeat(200) + ']'.repeat(200),
  ])
    for (const length of [1, 1000])
      await t.rejects(all(text, length), { name: 'SyntaxError' }, `${text} ${length}`)
})
