import { type Html, html } from '../lib/html.js'

/** A button that copies a text. Hidden until `copyScript` runs, and can do so. */
export const copyButton = (text: string, { copy = 'Copy', copied = 'Copied' } = {}): Html =>
  html`<button type="button" class="copy" data-copy="${text}" data-copied="${copied}" hidden>${copy}</button>`

/** The part of a page's script that makes `copyButton` work; `unhide(root)` shows the buttons of what is added later. */
export const copyScript = `
const unhide = root => {
  if (!navigator.clipboard) return
  for (const button of root.querySelectorAll('[data-copy]')) button.hidden = false
}
unhide(document)
document.addEventListener('click', async event => {
  const button = event.target.closest('[data-copy]')
  if (!button) return
  const label = button.dataset.label ??= button.textContent
  await navigator.clipboard.writeText(button.dataset.copy)
  button.textContent = button.dataset.copied
  setTimeout(() => { button.textContent = label }, 1500)
})
`
