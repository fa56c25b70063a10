import { isSupported, supportedTypes } from '../../core/identity-provider.js'
import type { Located } from './draft.js'
import { each } from './lists.js'

/** Settings that would change how people sign in, which Rockpool cannot do so far: they are refused, not ignored. */
const notYet: readonly {
  readonly path: readonly [string, ...string[]]
  /** Whether a value asks for more than there is. */
  readonly asksTooMuch: (value: unknown) => boolean
  readonly sentence: string
}[] = [
  {
    path: ['LambdaConfig'],
    asksTooMuch: value => Object.keys(Object(value)).length > 0,
    sentence:
      'Rockpool calls no Lambda functions: leave this out, and give handlers where it is started in the same process.',
  },
  {
    path: ['Policies', 'SignInPolicy', 'AllowedFirstAuthFactors'],
    asksTooMuch: value => Array.isArray(value) && value.includes('SOFTWARE_TOKEN'),
    sentence: 'Rockpool takes authenticator apps as a second factor only so far: leave SOFTWARE_TOKEN out.',
  },
  {
    path: ['IssuerConfiguration', 'Type'],
    asksTooMuch: value => value === 'UPDATED',
    sentence: 'Rockpool knows the original form of issuers only so far. "Issuer" can set any other.',
  },
]

/** Reports the settings that are valid on AWS but that Rockpool does not have. */
export function checkSupport({ seed, place }: Located): void {
  for (const [{ ProviderType }, at] of each(seed.IdentityProviders, place.at('IdentityProviders')))
    if (ProviderType !== undefined && !isSupported(ProviderType))
      at.at('ProviderType').wrong(
        `Rockpool signs people in through ${supportedTypes.join(' and ')} providers only, so far.`,
      )
  for (const { path, asksTooMuch, sentence } of notYet) {
    const value = path.reduce<unknown>((from, member) => Reflect.get(Object(from), member), seed)
    if (asksTooMuch(value)) place.at(...path).wrong(sentence)
  }
}
