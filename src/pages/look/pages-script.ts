import { createHash } from 'node:crypto'
import { copyScript } from '../../http/copy-script.js'

/**
 * The script of the pages where a password is typed, and of those that say what was refused. Pages do without it: it copies,
 * shows what was typed, ticks the rules that a new password meets, and keeps the button off until all are met.
 */
export const pagesScript: string = `'use strict'
${copyScript}
for (const button of document.querySelectorAll('[data-show]')) {
  const input = document.getElementById(button.dataset.show)
  button.hidden = false
  button.addEventListener('click', () => {
    const shown = input.type === 'text'
    input.type = shown ? 'password' : 'text'
    button.setAttribute('aria-pressed', String(!shown))
  })
}

for (const list of document.querySelectorAll('[data-rules-of]')) {
  const input = document.getElementById(list.dataset.rulesOf)
  const form = input.form
  const button = form.querySelector('[type=submit]')
  const repeated = form.querySelector('[data-repeats]')
  const rules = [...list.querySelectorAll('[data-pattern]')].map(item => ({
    item,
    pattern: new RegExp(item.dataset.pattern),
    sign: item.querySelector('.sign'),
    said: item.querySelector('.unseen'),
  }))
  const mark = ({ item, sign, said }, met) => {
    const state = met ? 'met' : 'broken'
    item.classList.toggle('met', met)
    item.classList.toggle('broken', !met)
    item.classList.toggle('passwordCheck-valid-customizable', met)
    item.classList.toggle('passwordCheck-notValid-customizable', !met)
    sign.textContent = met ? '\\u2713' : '\\u2716'
    said.textContent = list.dataset[state] + ' '
  }
  const judge = typed => {
    const unneeded = !input.required && input.value === ''
    const results = rules.map(rule => {
      const met = rule.pattern.test(input.value)
      if (typed || input.value !== '') mark(rule, met)
      return met
    })
    let same = true
    if (repeated) {
      const again = document.getElementById(repeated.dataset.repeated)
      same = again.value === input.value
      repeated.hidden = again.value === ''
      repeated.textContent = same ? repeated.dataset.same : repeated.dataset.differ
      repeated.classList.toggle('met', same)
      repeated.classList.toggle('broken', !same)
    }
    const filled = [...form.elements].every(({ required, value }) => !required || value !== '')
    button.disabled = !(filled && same && (unneeded || results.every(Boolean)))
  }
  form.addEventListener('input', () => judge(true))
  judge(false)
}

for (const form of document.forms)
  form.addEventListener('submit', event => {
    // A second press sends nothing more.
    if (form.dataset.sent) event.preventDefault()
    form.dataset.sent = 'yes'
  })
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent
})
`

/** Where the script is found; another content has another address. */
export const pagesScriptUrl = `/_rockpool/assets/pages-${createHash('sha256').update(pagesScript).digest('hex').slice(0, 16)}.js`
