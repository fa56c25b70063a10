import type { FastifyReply } from 'fastify'
import { localProvider, providersOf } from '../../core/app-client.js'
import { allowsNoPassword } from '../../core/first-factor.js'
import { passwordPolicyOf } from '../../core/password.js'
import { ensure, Refusal } from '../../core/refusal.js'
import type { SchemaAttribute, UserPool } from '../../core/user-pool.js'
import { nothingToConfirmBy, signUpNotPermitted } from '../../flows/account/account-refusals.js'
import { signUp as signUserUp } from '../../flows/account/sign-up.js'
import { termsOf } from '../../flows/administration/looks.js'
import type { Parameters } from '../../flows/authorization/authorization-request.js'
import { openSignUpSession, signInConfirmed } from '../../flows/sign-in/after-sign-up.js'
import {
  addressOf,
  fieldsOf,
  formAt,
  goTo,
  inSignIn,
  type PageRoute,
  passwordScripts,
  type Step,
  showPage,
} from '../step.js'
import type { AskedAttribute } from '../views/attribute-fields.js'
import type { Mistake } from '../views/parts.js'
import { passwordRules } from '../views/password-fields.js'
import { signUpPage } from '../views/sign-up-page.js'
import { attributeFieldIn, attributesIn, countriesFor, mistakeOf, usernameKindOf } from './form.js'
import { goOn, keepSession } from './go-on.js'
import { orRecordedRefusal } from './or-refusal.js'
import { tellNextPage } from './page-data.js'
import { keyOfLanguage } from './terms.js'

/** Whether people can sign up at the pages of a client. */
export const maySignUp = ({ hosted, asked }: Step): boolean =>
  !hosted.pool.settings.AdminCreateUserConfig?.AllowAdminCreateUserOnly &&
  providersOf(asked.client).includes(localProvider)

/** `/signup`: makes a user, who is asked for the code next (docs/facts/hosted-pages.md §6). */
export const signUp: PageRoute<Step> = {
  path: '/signup',
  arrive: inSignIn,
  get(step) {
    ensure(maySignUp(step), () => signUpNotPermitted(step.hosted.pool))
    return show(step)
  },
  async post(step) {
    const form = fieldsOf(step)
    const outcome = await orRecordedRefusal(step.service, () => take(step, form))
    return outcome instanceof Refusal ? show(step, form, [place(outcome, step)], outcome) : outcome
  },
}

async function take(step: Step, form: Parameters): Promise<FastifyReply> {
  const { service, hosted, asked } = step
  const { pool } = hosted
  const { client } = asked
  ensure(maySignUp(step), () => signUpNotPermitted(pool))
  const { username: typed = '', password } = form
  const username = usernameKindOf(pool) === 'phoneNumber' ? typed.replaceAll(/[\s()./-]/g, '') : typed.trim()
  const { user, codeDelivery } = await signUserUp(service, pool, client, {
    username,
    password,
    attributes: attributesIn(form),
    forTriggers: {},
  })
  if (user.status === 'CONFIRMED') return goOn(step, await signInConfirmed(service, pool, client, user))
  // The user is there, and can be sent nothing (fact P34).
  ensure(codeDelivery, () => nothingToConfirmBy(pool, user.username))
  const session = await openSignUpSession(service, pool, client, user, { atPages: true })
  if (session !== undefined) keepSession(step, session)
  const { medium, destination } = codeDelivery
  tellNextPage(step, { username, sent: { medium, destination } })
  return goTo(step, '/confirm')
}

/** A refusal at the field that it is about. */
function place(refusal: Refusal, { hosted: { pool } }: Step): Mistake {
  const { code, told } = refusal
  if (code === 'InvalidPasswordException') return mistakeOf(refusal, 'password')
  if (code === 'UsernameExistsException' || /^Username /.test(told)) return mistakeOf(refusal, 'username')
  return mistakeOf(
    refusal,
    attributeFieldIn(
      told,
      askedOf(pool).map(({ name }) => name),
    ),
  )
}

/** The attributes that the page asks for: those that the pool requires, without the one that serves as the username (fact P11). */
function askedOf({ schema, settings }: UserPool): SchemaAttribute[] {
  const { UsernameAttributes = [] } = settings
  const [own] = UsernameAttributes.length === 1 ? UsernameAttributes : []
  return schema.filter(({ name, required }) => required && name !== 'sub' && name !== own)
}

async function show(
  step: Step,
  form: Parameters = {},
  mistakes: readonly Mistake[] = [],
  refused?: Refusal,
): Promise<FastifyReply> {
  const { hosted, words, look } = step
  const { pool } = hosted
  const entered = attributesIn(form)
  const attributes = askedOf(pool).map(
    (schema): AskedAttribute => ({
      name: schema.name,
      schema,
      value: entered[schema.name],
      // Where either is a user name, the other need not be told.
      optional: pool.settings.UsernameAttributes?.some(name => name === schema.name) ?? false,
    }),
  )
  const asksPhone = attributes.some(({ name }) => name === 'phone_number')
  const view = {
    ...formAt(step, '/signup'),
    scripts: passwordScripts,
    usernameKind: usernameKindOf(pool),
    username: form.username,
    attributes,
    countries: look.face === 'managed' && asksPhone ? await countriesFor(step) : undefined,
    rules: passwordRules(
      passwordPolicyOf(pool),
      words,
      refused?.code === 'InvalidPasswordException' ? form.password : undefined,
    ),
    passwordOptional: allowsNoPassword(pool),
    mistakes,
    terms: await termsFor(step),
    signIn: addressOf(step, '/login'),
  }
  return showPage(step, signUpPage(view, words))
}

/** The terms in the language of the page, else those for every language (fact P41); at managed login only. */
async function termsFor({ service, hosted, asked, look, language }: Step) {
  const terms = look.face === 'managed' ? await termsOf(service, hosted.pool, asked.client) : undefined
  if (terms === undefined) return undefined
  const link = (links: Readonly<Record<string, string>>) =>
    links[keyOfLanguage[language]] ?? links['cognito:default'] ?? Object.values(links)[0] ?? ''
  return { termsOfUse: link(terms.termsOfUse), privacyPolicy: link(terms.privacyPolicy) }
}
