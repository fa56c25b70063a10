import { list, required, string, structure } from '../../lib/shape.js'
import { userPoolId } from './common.js'

/** What `CreateResourceServer` accepts. */
export const createResourceServer = structure({
  UserPoolId: required(userPoolId),
  Identifier: required(string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x5B\\x5D-\\x7E]+' })),
  Name: required(string({ min: 1, max: 256, pattern: '[\\w\\s+=,.@-]+' })),
  Scopes: list(
    structure({
      ScopeName: required(string({ min: 1, max: 256, pattern: '[\\x21\\x23-\\x2E\\x30-\\x5B\\x5D-\\x7E]+' })),
      ScopeDescription: required(string({ min: 1, max: 256 })),
    }),
    { max: 100 },
  ),
})
