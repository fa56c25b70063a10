import { refusal } from '../core/refusal.js'

/** What the pages refuse that set up clients and identity providers. */

export const unknownClient = refusal('not_found', (id: string, { name }: { readonly name: string }) => ({
  told: 'There is no such app client.',
  because: `The pool ${name} has no app client "${id}".`,
  remedy: 'Choose one of those that its page App clients lists.',
}))

export const unknownProvider = refusal('not_found', (name: string, pool: { readonly name: string }) => ({
  told: 'There is no such identity provider.',
  because: `The pool ${pool.name} has no identity provider "${name}".`,
  remedy: 'Choose one of those that its page Identity providers lists.',
}))

export const noClaims = refusal('no_claims', (of: 'token' | 'assertion') => ({
  told: 'These are no claims.',
  ...(of === 'token'
    ? {
        because: 'What was pasted is neither a token of three parts nor a JSON object.',
        remedy:
          'Paste an ID token (eyJ….eyJ….…), or what userInfo answers: {"sub": "123", "email": "jane@example.com"}.',
      }
    : {
        because:
          'What was pasted is neither a JSON object nor a SAML response with an assertion that can be read.',
        remedy:
          'Paste a SAMLResponse as the browser posts it, the XML of an assertion that is not encrypted, or the attributes by their names: {"NameID": "jane", "email": "jane@example.com"}.',
      }),
}))

export const noScope = refusal('InvalidParameterException', (name: string) => ({
  told: `The scope ${name} has no description.`,
  because: `The line of the scope "${name}" has one word only, and a scope needs a description.`,
  remedy: `Write what it allows behind its name: ${name} Read orders.`,
}))
