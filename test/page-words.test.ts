import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { english } from '../src/pages/words/english.js'
import { refusalIn } from '../src/pages/words/refusals.js'
import { wordsIn } from '../src/pages/words/words.js'

/** The hosted pages speak the language of the browser also where they refuse: no refusal that users can read is left in English. */

const languages = ['de', 'es', 'fr', 'id', 'it', 'ja', 'ko', 'pt-BR', 'zh-CN', 'zh-TW'] as const

/** Sources of the refusals that the steps of a page can meet. */
const sources = [
  'src/core/password.ts',
  'src/core/password-history.ts',
  'src/core/rules/user.ts',
  ...['src/flows/account', 'src/flows/history', 'src/flows/sign-in', 'src/pages'].flatMap(folder =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts'))
      .map(name => `${folder}/${name.replaceAll('\\', '/')}`),
  ),
]

/** Files whose refusals no page shows: only apps send what they are about. */
const ofApps: Record<string, string> = {
  'src/flows/account/administered-users.ts': 'administrators call',
  'src/flows/account/mfa-preference.ts': 'apps set preferences',
  'src/flows/history/auth-event-feedback.ts': 'administrators give feedback',
  'src/flows/sign-in/access-token-refusals.ts': 'pages have no access token',
  'src/flows/sign-in/auth-flows.ts': 'apps choose a flow',
  'src/flows/sign-in/client-secret.ts': 'pages need no secret of the client',
  'src/flows/sign-in/device-upkeep.ts': 'apps confirm devices',
  'src/flows/sign-in/devices.ts': 'apps send device keys',
  'src/flows/sign-in/parameters.ts': 'apps send parameters',
  'src/flows/sign-in/srp-proof.ts': 'pages have the password',
  'src/flows/sign-in/challenges/answers.ts': 'pages offer the right answers only',
  'src/flows/sign-in/challenges/choice.ts': 'pages offer the right answers only',
  'src/flows/sign-in/challenges/custom.ts': 'apps sign in by CUSTOM_AUTH',
  'src/flows/sign-in/challenges/table.ts': 'pages answer the challenges that they show',
}

/** Refusals that stay English on a page, or that no page shows. */
const asTheyAre: Record<string, string> = {
  'User is not authorized to change password.': 'apps change passwords',
  'User does not have the attribute to verify.': 'apps verify attributes',
  'Invalid attribute name: only email and phone_number can be verified.': 'apps verify attributes',
  'The code is for another attribute.': 'apps verify attributes',
  'A client attempted to write unauthorized attribute': 'a mistake of the configuration',
  'Username/client id combination not found.': 'apps and administrators name users so',
  'Unrecognizable lambda output': 'a mistake of a trigger',
  'The access token was issued to another app client than the one that started the registration.':
    'pages have no access token',
  'Software Token MFA has not been enabled by the userPool': 'pages offer what is enabled',
  'Software Token MFA does not exist for the user.': 'apps verify tokens',
  'Authentication did not reach the requested level.': 'the app is called back with it',
  'Missing required parameter TARGET_ACR_VALUES': 'apps send levels',
  'TARGET_ACR_VALUES contains no valid value.': 'apps send levels',
  'Invalid MAX_AGE.': 'apps send levels',
  'Access token does not belong to the user.': 'pages have no access token',
  'Access token already satisfies the requested authentication level.': 'pages have no access token',
  'Cannot modify the non-mutable attribute sub': 'no page has the field',
}

/** The refusals in a source; those with a detail begin with the text before it. */
const refusalsIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/\btold\s*[:=]\s*(['`])((?:(?!\1).)+)\1/g)].map(
    ([, , text = '']) => text,
  )

t.test('each refusal that users can read is in every language', t => {
  const all = sources.filter(file => ofApps[file] === undefined).flatMap(refusalsIn)
  t.ok(all.length > 30, 'they are found')
  for (const told of Object.keys(asTheyAre)) t.ok(all.includes(told), `there still is: ${told}`)
  for (const file of Object.keys(ofApps)) t.ok(sources.includes(file), `there still is ${file}`)
  for (const told of new Set(all)) {
    // What a detail is part of is said about the very field or attribute, which has its name in no other language.
    if (told.includes('${') || asTheyAre[told] !== undefined) continue
    const left = languages.filter(language => refusalIn(wordsIn(language), told) === told)
    t.strictSame(left, [], told)
  }
  t.end()
})

t.test('details do not matter', t => {
  const german = wordsIn('de')
  for (const [told, name] of [
    ['Password did not conform with policy: Password not long enough', 'passwordPolicy'],
    ['Please fill in: birthdate.', 'fillIn'],
    ['Invalid WebAuthn credential: no signature.', 'passkeyRefused'],
  ] as const)
    t.equal(refusalIn(german, told), german.refusals[name])
  t.end()
})

t.test('English pages have the very words of Cognito', t => {
  t.equal(
    refusalIn(english, 'Contact administrator to reset password.'),
    'Contact administrator to reset password.',
  )
  t.end()
})
