import { poolFindings } from '../../core/rules/pool.js'
import { type SchemaDeclaration, schemaFindings } from '../../core/rules/schema.js'
import { createUserPool } from '../../core/shapes/user-pools.js'
import type { PoolSettings } from '../../core/user-pool.js'
import { createPool } from '../../flows/administration/pools.js'
import { html } from '../../lib/html.js'
import { consolePath } from '../console.js'
import { checkbox, field, form, select, submit, textArea } from '../frame/forms.js'
import { hasMistakes, type Mistakes, misshapen, mistakesOf } from '../frame/mistakes.js'
import { poolPath } from '../frame/navigation.js'
import { card, facts, refusalBox, refusalOf } from '../frame/parts.js'
import { act, show, type View, type Visit } from '../page.js'
import { asCode } from './as-code.js'

/** Where pools of the console are; a seed can name another region. */
const region = 'us-east-1'

const action = `${consolePath}/pools/new`

/** “Create a user pool”: what it would be first, with the usual choices, and one button. */
export const newPool = [
  show('/pools/new', visit => page(visit)),
  act(
    '/pools/new',
    async visit => {
      const { service } = visit.console
      const { name, settings, schema } = asked(visit)
      const mistakes = mistakesIn(visit)
      if (visit.form.show !== undefined || hasMistakes(mistakes)) return page(visit, mistakes)
      const pool = await createPool(service, region, { name, settings, schema })
      return {
        goTo: poolPath(pool, 'clients'),
        said: `The user pool ${pool.name} is there. Now it needs an app client.`,
      }
    },
    { again: (visit, refusal) => page(visit, {}, html`${refusalBox(refusalOf(refusal))}`) },
  ),
]

/** Standard attributes that forms offer to require. */
const usual = ['email', 'name', 'given_name', 'family_name', 'phone_number', 'birthdate']

function asked({ form: of, all }: Visit): {
  readonly name: string
  readonly settings: PoolSettings
  readonly schema: SchemaDeclaration
} {
  const lines = (of.custom ?? '').split('\n').map(line => line.trim())
  const custom = lines
    .filter(line => line !== '')
    .map(line => {
      const [Name = '', type = 'String'] = line.split(':').map(part => part.trim())
      return { Name, AttributeDataType: type as 'String', Mutable: true }
    })
  const byEmail = of.names === 'email'
  return {
    name: of.PoolName ?? '',
    settings: {
      ...(byEmail ? { UsernameAttributes: ['email'] } : {}),
      UsernameConfiguration: { CaseSensitive: false },
      ...(of.verify === undefined ? {} : { AutoVerifiedAttributes: ['email'] }),
      ...(of.signUp === undefined ? { AdminCreateUserConfig: { AllowAdminCreateUserOnly: true } } : {}),
    },
    schema: [
      ...all('required')
        .filter(name => usual.includes(name))
        .map(Name => ({ Name, Required: true, Mutable: true })),
      ...custom,
    ],
  }
}

function mistakesIn(visit: Visit): Mistakes {
  const { name, settings, schema } = asked(visit)
  return {
    ...mistakesOf(poolFindings(settings, { region, hasFactor: false })),
    ...Object.fromEntries(
      Object.values(mistakesOf(schemaFindings(schema))).map(sentence => ['custom', sentence]),
    ),
    ...misshapen('PoolName', createUserPool.members.PoolName.required, name),
  }
}

function page(visit: Visit, mistakes: Mistakes = {}, problem = html``): View {
  const isNew = visit.form._csrf === undefined
  const ticked = (name: string, byDefault: boolean) => (isNew ? byDefault : visit.form[name] !== undefined)
  const required = isNew ? ['email'] : visit.all('required')
  const { name, settings, schema } = asked(visit)
  return {
    title: 'Create a user pool',
    section: 'pools',
    lead: 'Review the defaults, name it, and create it. What is marked as fixed cannot be changed later.',
    trail: [{ label: 'User pools', href: `${consolePath}/pools` }],
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${problem}<div class="two">${card(
      'The pool',
      form(visit, { action }, [
        field({
          name: 'PoolName',
          label: 'Pool name',
          value: visit.form.PoolName,
          required: true,
          placeholder: 'oidc-pool-1',
          mistake: mistakes.PoolName,
        }),
        select({
          name: 'names',
          label: 'Users sign in by',
          value: visit.form.names,
          options: [
            ['username', 'a username'],
            ['email', 'their email address'],
          ],
          hint: 'Fixed once the pool is there.',
        }),
        html`<fieldset><legend>Required attributes (fixed)</legend>${usual.map(attribute =>
          checkbox({
            name: 'required',
            value: attribute,
            label: attribute,
            ticked: required.includes(attribute),
          }),
        )}</fieldset>`,
        textArea({
          name: 'custom',
          label: 'Custom attributes',
          value: visit.form.custom,
          rows: 3,
          hint: html`One a line, as <code>department</code> or <code>level:Number</code>. They are mutable, which mapped attributes must be.`,
          mistake: mistakes.custom,
        }),
        checkbox({
          name: 'verify',
          label: 'Verify email addresses by a code',
          ticked: ticked('verify', true),
        }),
        checkbox({
          name: 'signUp',
          label: 'Users may sign up themselves',
          ticked: ticked('signUp', true),
          hint: 'Without it, an administrator makes the accounts.',
        }),
        html`<div class="inline">${submit('Create pool')}<button type="submit" name="show" value="code" class="button small quiet">Show as code</button></div>`,
      ]),
    )}<div class="stack">${defaults()}${
      visit.form.show === undefined || hasMistakes(mistakes)
        ? ''
        : asCode(visit, {
            operation: 'CreateUserPool',
            name,
            input: { PoolName: name, ...settings, ...(schema.length === 0 ? {} : { Schema: schema }) },
          })
    }</div></div>`,
  }
}

const defaults = () =>
  card(
    'Review defaults',
    facts([
      ['Usernames', 'without regard to case'],
      ['Passwords', 'at least 8 characters, with upper and lower case, a digit and a symbol'],
      ['Temporary passwords', 'valid for 7 days'],
      ['Second factor', 'off'],
      ['Messages', 'kept in the inbox: nothing leaves this machine'],
      ['Account recovery', 'a verified phone number, else a verified email address'],
      ['Region', region],
      ['Tier', 'Essentials'],
    ]),
  )
