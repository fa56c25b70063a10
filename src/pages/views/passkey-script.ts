import { createHash } from 'node:crypto'

/**
 * The script of the pages for passkeys, the only script of the hosted pages: nothing else can ask a browser for a passkey. It
 * asks for what the form carries, and posts the answer by the form, which carries the texts as well.
 */
export const passkeyScript: string = `'use strict'
const form = document.forms.passkeyForm
const { kind, options } = form.dataset
const trouble = document.getElementById('passkeyTrouble')
const credentials = {
  get: options =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  create: options =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
}
const words = JSON.parse(form.dataset.words)

async function ask() {
  trouble.hidden = true
  try {
    const credential = await credentials[kind](JSON.parse(options))
    form.elements.credential.value = JSON.stringify(credential)
    form.submit()
  } catch (error) {
    trouble.textContent = words[error.name] ?? words.other + ' ' + error.message
    trouble.hidden = false
  }
}

form.addEventListener('submit', event => {
  event.preventDefault()
  ask()
})
// A user who chose the passkey on the page before need not choose it again, unless something went wrong.
if (kind === 'get' && trouble.hidden) ask()
`

/** Where the script is found; another content has another address. */
export const passkeyScriptUrl = `/_rockpool/assets/passkey-${createHash('sha256').update(passkeyScript).digest('hex').slice(0, 16)}.js`
