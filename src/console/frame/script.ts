import { createHash } from 'node:crypto'
import { copyScript } from '../../http/copy-script.js'

/**
 * The console's script. Pages do without it: it copies, closes questions on Escape, and keeps parts of a page (`data-live`)
 * up to date by asking for the page again. What has the focus, or a selection, is left alone until it has not.
 */
export const script: string = `'use strict'
${copyScript}
document.addEventListener('change', event => {
  if (event.target.matches('form[data-auto] select, form[data-auto] [type=checkbox]')) event.target.form.requestSubmit()
})

for (const picker of document.querySelectorAll('.picker')) picker.hidden = false
document.addEventListener('change', async event => {
  const [file] = event.target.files ?? []
  if (file && event.target.dataset.into) document.getElementById(event.target.dataset.into).value = await file.text()
})

// Not scrollIntoView: after that, the Tab key begins at the tab, and nobody gets to “Skip to content”.
for (const current of document.querySelectorAll('.tabs [aria-current]')) {
  const tabs = current.closest('.tabs')
  tabs.scrollLeft = current.offsetLeft - (tabs.clientWidth - current.offsetWidth) / 2
}

addEventListener('keydown', event => {
  if (event.key !== 'Escape') return
  for (const question of document.querySelectorAll('.confirm[open]')) {
    const hadFocus = question.contains(document.activeElement)
    question.open = false
    if (hadFocus) question.querySelector('summary').focus()
  }
})
addEventListener('click', event => {
  for (const question of document.querySelectorAll('.heading .confirm[open],.card>header .confirm[open]'))
    if (!question.contains(event.target)) question.open = false
})

const inUse = part => {
  const selection = getSelection()
  return part.contains(document.activeElement) || (!selection.isCollapsed && part.contains(selection.anchorNode))
}
if (document.querySelector('[data-live]')) {
  const seen = new Map()
  const renew = async () => {
    if (document.hidden) return
    const answer = await fetch(location.href, { headers: { accept: 'text/html', 'x-rockpool-live': '1' } }).catch(() => undefined)
    if (!answer?.ok) return
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html')
    for (const part of document.querySelectorAll('[data-live]')) {
      const other = fresh.getElementById(part.id)
      if (!other || inUse(part)) continue
      const markup = other.innerHTML
      if (!seen.has(part.id)) seen.set(part.id, markup)
      if (seen.get(part.id) === markup && part.dataset.renewed) continue
      seen.set(part.id, markup)
      part.dataset.renewed = '1'
      part.replaceChildren(...document.importNode(other, true).childNodes)
      unhide(part)
    }
  }
  setInterval(renew, 2000)
  document.addEventListener('visibilitychange', renew)
}
`

/** Changes its name whenever it changes, so that browsers may keep it for good. */
export const scriptPath: string = `/_rockpool/assets/console-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`
