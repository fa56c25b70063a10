import { isUnwell } from '../../flows/federation/examination.js'
import { boolean, documented, list, oneOf, required, structure } from '../../lib/shape.js'
import { type Route, route } from '../route.js'
import { text } from './fields.js'

/** What will go wrong. */
export const doctor: readonly Route[] = [
  route({
    method: 'GET',
    path: '/doctor',
    summary:
      'Says what will go wrong, the worst first: it reads the configuration of pools, asks their providers, and looks up names.',
    outside: true,
    query: { pool: documented('Name or id of a pool; without it, all are examined.', text) },
    answer: structure({
      healthy: required(documented('Whether there is nothing but hints.', boolean())),
      diagnoses: required(
        list(
          structure({
            rule: required(documented("The rule's name, for scripts: it does not change.", text)),
            severity: required(oneOf('error', 'warning', 'hint')),
            pool: documented("The pool's name; absent where Rockpool as a whole is meant.", text),
            path: required(documented('What has to change, from the pool on.', list(text))),
            because: required(text),
            remedy: required(text),
          }),
        ),
      ),
    }),
    async handle({ operations }, { pool }) {
      const diagnoses = await operations.doctor(pool)
      return { healthy: !isUnwell(diagnoses), diagnoses }
    },
  }),
]
