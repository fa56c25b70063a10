import { type JsonSchema, schemaOf } from '../lib/json-schema.js'
import { type Members, shapeOf } from '../lib/shape.js'
import type { Route } from './route.js'

/** The OpenAPI 3.1 description of routes. */
export function openApi(
  routes: readonly Route[],
  { version, baseUrl }: { readonly version: string; readonly baseUrl: string },
): JsonSchema {
  const paths: Record<string, Record<string, JsonSchema>> = {}
  for (const route of routes) {
    paths[route.path] ??= {}
    Object.assign(paths[route.path] ?? {}, { [route.method.toLowerCase()]: operation(route) })
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Rockpool control API',
      version,
      description:
        'For tests and for the developer at this machine: no app on AWS has anything like it. Pages of other sites are turned away, other machines bring the token of --control-token.',
    },
    servers: [{ url: `${baseUrl}/_rockpool` }],
    paths,
    security: [{}, { token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Refusal: {
          type: 'object',
          properties: { error: { type: 'string' }, message: { type: 'string' } },
          required: ['error', 'message'],
          additionalProperties: false,
        },
      },
    },
  }
}

const refused = {
  description: 'What is wrong, in a sentence.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Refusal' } } },
}

function operation({ method, path, summary, parameters, query, body, answer }: Route): JsonSchema {
  const given = [...parametersIn('path', parameters.members), ...parametersIn('query', query.members)]
  const isNeeded =
    body?.type === 'document' || Object.values(body?.members ?? {}).some(one => 'required' in one)
  return {
    operationId: `${method.toLowerCase()}${path.replace(/[/{}-]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    summary,
    ...(given.length === 0 ? {} : { parameters: given }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: isNeeded, content: { 'application/json': { schema: schemaOf(body) } } } }),
    responses: {
      200: { description: 'Done.', content: { 'application/json': { schema: schemaOf(answer) } } },
      '4XX': refused,
    },
  }
}

const parametersIn = (place: 'path' | 'query', members: Members): JsonSchema[] =>
  Object.entries(members).map(([name, member]) => {
    const { description, ...schema } = schemaOf(shapeOf(member))
    return {
      name,
      in: place,
      required: 'required' in member,
      ...(description === undefined ? {} : { description }),
      schema,
    }
  })
