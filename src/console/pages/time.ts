import { ensure } from '../../core/refusal.js'
import { type Html, html } from '../../lib/html.js'
import { snapshotName } from '../../state/named-snapshots.js'
import { consolePath } from '../console.js'
import { noDuration, unknownSnapshot, unnamedSnapshot } from '../console-refusals.js'
import { buttonForm, confirmed, field, form, submit } from '../frame/forms.js'
import { card, facts, table } from '../frame/parts.js'
import { act, show, type Visit } from '../page.js'

const here = `${consolePath}/time`

/** The clock, the snapshots, and beginning anew. */
export const time = [
  show('/time', async visit => ({
    title: 'Time and state',
    section: 'time',
    body: html`<div class="two"><div class="stack">${clockCard(visit)}</div><div class="stack">${await snapshotsCard(visit)}${resetCard(visit)}</div></div>`,
  })),
  moved('advance', ({ console: { clock }, form: typed }) => {
    const by = Object.fromEntries(
      units.flatMap(unit => (/^-?\d{1,9}$/.test(typed[unit] ?? '') ? [[unit, Number(typed[unit])]] : [])),
    )
    ensure(Object.values(by).some(Boolean), noDuration)
    clock.advance(by)
  }),
  moved('set', ({ console: { clock }, form: { to = '' } }) => clock.set(asMoment(to))),
  moved('freeze', ({ console: { clock } }) => clock.freeze()),
  moved('resume', ({ console: { clock } }) => clock.resume()),
  moved('reset', ({ console: { clock } }) => clock.reset()),
  act(
    '/time/snapshots',
    async ({ console: { state, snapshots }, form: { name = '' } }) => {
      ensure(new RegExp(`^${snapshotName}$`).test(name), () => unnamedSnapshot(name))
      await snapshots.keep(name, await state.snapshot())
      return { goTo: here, said: `The snapshot ${name} was taken.` }
    },
    { outside: true },
  ),
  act(
    '/time/snapshots/restore',
    async ({ console: { state, snapshots }, form: { name = '' } }) => {
      const snapshot = await found(snapshots, name)
      await state.restore(snapshot)
      return { goTo: here, said: `The state is that of the snapshot ${name}.` }
    },
    { outside: true },
  ),
  act('/time/snapshots/delete', async ({ console: { snapshots }, form: { name = '' } }) => {
    await found(snapshots, name)
    await snapshots.forget(name)
    return { goTo: here, said: `The snapshot ${name} was deleted.` }
  }),
  act(
    '/time/state/reset',
    async ({ console: { state } }) => {
      await state.reset()
      return { goTo: here, said: 'Everything is as at the start.' }
    },
    { outside: true },
  ),
]

/** A form that moves the clock. */
function moved(action: string, move: (visit: Visit) => void) {
  return act(`/time/${action}`, async visit => {
    move(visit)
    await visit.console.clock.settled()
    return { goTo: here, said: `The clock shows ${new Date(visit.console.clock.now()).toISOString()}.` }
  })
}

async function found(snapshots: Visit['console']['snapshots'], name: string) {
  const snapshot = new RegExp(`^${snapshotName}$`).test(name) ? await snapshots.find(name) : undefined
  ensure(snapshot, () => unknownSnapshot(name))
  return snapshot
}

/** Without a zone a time is meant in UTC, as all times of the console are. */
const asMoment = (text: string): string =>
  /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`

const units = ['days', 'hours', 'minutes', 'seconds'] as const

function clockCard(visit: Visit): Html {
  const { clock } = visit.console
  const now = new Date(clock.now()).toISOString()
  const isFrozen = clock.state.frozenAt !== undefined
  const button = (action: string, label: string) => buttonForm(visit, { action: `${here}/${action}`, label })
  const jump = (label: string, fields: Record<string, string>) =>
    buttonForm(visit, { action: `${here}/advance`, label, fields })
  return card(
    'Clock',
    html`<p class="clock"><time datetime="${now}">${now.slice(0, 10)} <strong>${now.slice(11, 19)}</strong> UTC</time></p>
${facts([
  [
    'Goes',
    isFrozen
      ? 'not: it stands still'
      : clock.aheadSeconds === 0
        ? 'with the system'
        : `${Math.abs(clock.aheadSeconds)} seconds ${clock.aheadSeconds > 0 ? 'ahead of' : 'behind'} the system`,
  ],
  ['Measures', 'codes, sessions, tokens, temporary passwords, lock-outs'],
])}
<div class="actions">${jump('5 minutes on', { minutes: '5' })}${jump('An hour on', { hours: '1' })}${jump('A day on', { days: '1' })}${jump('30 days on', { days: '30' })}</div>
<div class="actions">${isFrozen ? button('resume', 'Let it go on') : button('freeze', 'Freeze')}${button('reset', 'Back to the system’s time')}</div>
<details><summary>Move it by</summary>${form(visit, { action: `${here}/advance` }, [
      html`<div class="row">${units.map(unit => field({ name: unit, label: unit, type: 'number' }))}</div>`,
      html`<p class="muted small-text">Negative numbers move it back.</p>`,
      html`<div class="actions">${submit('Move the clock')}</div>`,
    ])}</details>
<details><summary>Set it to</summary>${form(visit, { action: `${here}/set` }, [
      field({ name: 'to', label: 'Time in UTC', value: now.slice(0, 19).replace('T', ' '), required: true }),
      html`<div class="actions">${submit('Set the clock')}</div>`,
    ])}</details>`,
  )
}

async function snapshotsCard(visit: Visit): Promise<Html> {
  const names = await visit.console.snapshots.names()
  return card(
    'Snapshots',
    html`<p class="muted">All that Rockpool knows, kept under a name: pools, users, tokens, messages and the clock.</p>
${form(visit, { action: `${here}/snapshots`, className: 'inline' }, [
  field({ name: 'name', label: 'Name', required: true, placeholder: 'before-the-demo' }),
  submit('Take a snapshot'),
])}
${table<string>(
  'Snapshots',
  [
    { head: 'Name', room: 'wide', cell: name => name },
    {
      head: 'Actions',
      cell: name =>
        html`<div class="actions">${confirmed(visit, {
          action: `${here}/snapshots/restore`,
          label: 'Restore',
          question: html`The present state is replaced by that of ${name}.`,
          fields: { name },
        })}${confirmed(visit, {
          action: `${here}/snapshots/delete`,
          label: 'Delete',
          question: html`${name} is deleted.`,
          fields: { name },
        })}</div>`,
    },
  ],
  names,
  'None is kept.',
)}`,
  )
}

const resetCard = (visit: Visit): Html =>
  card(
    'Begin anew',
    html`<p>The pools and users of the seeds, and the clock as at the start. Whatever was made since is gone; snapshots stay.</p>${confirmed(
      visit,
      {
        action: `${here}/state/reset`,
        label: 'Reset everything',
        question: 'All users, sign-ins, messages and flights since the start are lost.',
      },
    )}`,
  )
