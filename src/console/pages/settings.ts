import { domainUrl } from '../../core/addresses.js'
import { acrNames, defaultAcr, levels, ways } from '../../core/assurance.js'
import { wholeDcrConfiguration } from '../../core/registration.js'
import { customScopes } from '../../core/resource-server.js'
import { registrationScope } from '../../core/scopes.js'
import type { UserPool } from '../../core/user-pool.js'
import { untracked } from '../../core/user-session.js'
import { changeSettings } from '../../flows/administration/pools.js'
import { setTracking } from '../../flows/administration/sessions.js'
import { resourceServersOf } from '../../flows/directory/directory.js'
import { type Html, html } from '../../lib/html.js'
import { checkbox, field, form, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes } from '../frame/mistakes.js'
import { poolPath } from '../frame/navigation.js'
import { card, copyable, facts, refusalBox, refusalOf } from '../frame/parts.js'
import { act, poolOf, show, storedPoolOf, type View, type Visit } from '../page.js'
import { showAsCode } from './as-code.js'
import { inCode } from './settings-as-code.js'
import {
  answered,
  askedLevels,
  askedRegistration,
  askedTracking,
  type Change,
  mistakesIn,
  untickedName,
} from './settings-asked.js'

/** What a pool does beside the usual: tracked sessions, levels of assurance, and clients that register themselves. */

const path = (pool: UserPool, part = ''): string => `${poolPath(pool, 'settings')}${part}`

export const settings = [
  show('/pools/:pool/settings', async visit => page(visit, await poolOf(visit))),
  act(
    '/pools/:pool/settings/sessions',
    async visit => {
      const pool = await poolOf(visit)
      const asked = askedTracking(visit)
      if (visit.form.show !== undefined) return page(visit, pool)
      await setTracking(visit.console.service, await storedPoolOf(visit), asked)
      return {
        goTo: `${path(pool)}#sessions`,
        said: asked.isOn
          ? `Sessions are tracked: a user has ${asked.maxPerUser} at most.`
          : 'Sessions are not tracked. Those that were are forgotten.',
      }
    },
    { again },
  ),
  act('/pools/:pool/settings/levels', changing('levels', askedLevels, 'The levels of assurance are saved.'), {
    again,
  }),
  act(
    '/pools/:pool/settings/registration',
    changing('registration', askedRegistration, 'The registration of clients is saved.'),
    { again },
  ),
]

async function again(visit: Visit, refusal: Parameters<typeof refusalOf>[0]): Promise<View> {
  return page(visit, await poolOf(visit), { problem: refusalBox(refusalOf(refusal)) })
}

/** What a form takes that changes settings of the pool itself. */
function changing(id: string, askedOf: (visit: Visit) => Change, said: string) {
  return async (visit: Visit) => {
    const pool = await poolOf(visit)
    const change = askedOf(visit)
    if (visit.form.show !== undefined) return page(visit, pool)
    const mistakes = { ...mistakesIn(change), ...(id === 'levels' ? untickedName(visit, pool) : {}) }
    if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
    await changeSettings(visit.console.service, await storedPoolOf(visit), change)
    return { goTo: `${path(pool)}#${id}`, said }
  }
}

const about = (id: string): Html => html`<input type="hidden" name="about" value="${id}">`

interface Said {
  readonly mistakes?: Mistakes
  readonly problem?: Html
}

async function page(visit: Visit, pool: UserPool, { mistakes = {}, problem }: Said = {}): Promise<View> {
  return {
    title: 'Settings',
    section: 'pools',
    pool,
    tab: 'settings',
    lead: 'Sessions, step-up authentication, and clients that register themselves.',
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${problem}<div class="two"><div class="stack">${sessionsCard(visit, pool)}${levelsCard(visit, pool, mistakes)}${await registrationCard(visit, pool)}</div><div class="stack">${await inCode(visit, pool, problem === undefined && visit.form.show !== undefined)}</div></div>`,
  }
}

function sessionsCard(visit: Visit, pool: UserPool): Html {
  const { isOn, maxPerUser } = pool.sessions ?? untracked
  const isAnswer = answered(visit) === 'sessions'
  return card(
    'Sessions of users',
    form(visit, { action: path(pool, '/sessions') }, [
      about('sessions'),
      checkbox({
        name: 'tracking',
        label: 'Track sessions',
        ticked: isAnswer ? visit.form.tracking !== undefined : isOn,
        hint: 'Each sign-in becomes a session with its device and address. It is on the page of the user, where it can be ended.',
      }),
      field({
        name: 'MaxPerUser',
        label: 'Sessions of one user, at most',
        type: 'number',
        value: isAnswer ? visit.form.MaxPerUser : String(maxPerUser),
        hint: 'From 1 to 100. One more ends the session that was used least recently.',
      }),
      html`<div class="inline">${submit('Save sessions')}${showAsCode}</div>`,
    ]),
    { id: 'sessions' },
  )
}

const meansInWords = {
  pwd: 'password',
  otp: 'authenticator app',
  sms: 'text message',
  email_otp: 'mail',
  passkey: 'passkey',
} as const

function levelsCard(visit: Visit, pool: UserPool, mistakes: Mistakes): Html {
  const { AcrConfiguration } = pool.settings
  const isAnswer = answered(visit) === 'levels'
  const names = acrNames(pool.settings)
  return card(
    'Step-up authentication',
    form(visit, { action: path(pool, '/levels') }, [
      about('levels'),
      html`<p class="muted">An app asks for a level by <code>acr_values</code>. A user whose sign-in is below it is asked for more.</p>`,
      checkbox({
        name: 'told',
        label: 'Own names for the levels, and acr and amr in all tokens',
        ticked: isAnswer ? visit.form.told !== undefined : AcrConfiguration !== undefined,
        hint: 'Without it, levels have the names of Cognito, and tokens tell the level where an app asked for one.',
      }),
      ...levels.map(level =>
        field({
          name: `Level${level}`,
          label: `Level ${level}`,
          value: isAnswer ? visit.form[`Level${level}`] : names[`Level${level}`],
          placeholder: defaultAcr(level),
          hint: reachedBy(level),
          mistake: mistakes[`Level${level}`],
        }),
      ),
      html`<div class="inline">${submit('Save levels')}${showAsCode}</div>`,
    ]),
    { id: 'levels' },
  )
}

/** What reaches a level, in words. */
const reachedBy = (level: number): string => {
  const combinations = ways
    .filter(way => way.level === level)
    .map(({ by }) => by.map(means => meansInWords[means]).join(' and '))
  return `Reached by ${combinations.join(', or ')}.`
}

const flows = [
  ['code', 'Authorization code grant'],
  ['client_credentials', 'Client credentials'],
] as const

async function registrationCard(visit: Visit, pool: UserPool): Promise<Html> {
  const { service } = visit.console
  const configured = wholeDcrConfiguration(pool.settings.DcrConfiguration)
  const shown =
    (answered(visit) === 'registration'
      ? wholeDcrConfiguration(askedRegistration(visit).DcrConfiguration)
      : configured) ?? wholeDcrConfiguration({ EnableStatus: 'Disabled' })
  const scopes = (await resourceServersOf(service, pool)).flatMap(customScopes)
  const domain = domainUrl(service, pool)
  const boxes = (name: 'AuthenticatedGrantTypes' | 'OpenDcrGrantTypes', legend: string) =>
    html`<fieldset><legend>${legend}</legend>${flows.map(([value, label]) =>
      checkbox({ name, value, label, ticked: shown?.[name].includes(value) ?? false }),
    )}</fieldset>`
  return card(
    'Clients that register themselves',
    html`${
      configured?.EnableStatus === 'Enabled' &&
      facts([
        [
          'Registration endpoint',
          domain === undefined
            ? html`<span class="muted">none yet: <a href="${poolPath(pool, 'domain')}">give the pool a domain</a></span>`
            : copyable(`${domain}/oauth2/register`),
        ],
      ])
    }${form(visit, { action: path(pool, '/registration') }, [
      about('registration'),
      checkbox({
        name: 'enabled',
        label: 'Clients may register (RFC 7591)',
        ticked: shown?.EnableStatus === 'Enabled',
        hint: html`As those of the Model Context Protocol do. They come with a token that has the scope <code>${registrationScope}</code>.`,
      }),
      boxes('AuthenticatedGrantTypes', 'Grants of clients with such a token'),
      checkbox({
        name: 'open',
        label: 'Without a token, too',
        ticked: shown?.OpenDcrEnabled ?? false,
        hint: 'Anybody who reaches the pool can register a client.',
      }),
      boxes('OpenDcrGrantTypes', 'Grants of clients without a token'),
      html`<fieldset><legend>Scopes of resource servers that clients may have</legend>${
        scopes.length === 0
          ? html`<p class="muted">The pool has no <a href="${poolPath(pool, 'resources')}">resource server</a>: clients get the scopes of OpenID Connect.</p>`
          : scopes.map(scope =>
              checkbox({
                name: 'AllowedScopes',
                value: scope,
                label: scope,
                ticked: shown?.AllowedScopes.includes(scope) ?? false,
              }),
            )
      }</fieldset>`,
      html`<div class="inline">${submit('Save registration')}${showAsCode}</div>`,
    ])}`,
    { id: 'registration' },
  )
}
