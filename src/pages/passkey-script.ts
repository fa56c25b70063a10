import { createHash } from 'node:crypto'

/**
 * The script of the pages for passkeys, the only one that hosted pages have: browsers hand passkeys to nobody else. It
 * asks the browser for what the form carries, and posts the answer by the form.
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
const words = {
  NotAllowedError: 'No passkey was used. Try again when you are ready.',
  InvalidStateError: 'This device has a passkey for you already.',
  SecurityError: 'The browser does not allow passkeys of this pool on this page.',
}

async function ask() {
  trouble.hidden = true
  try {
    const credential = await credentials[kind](JSON.parse(options))
    form.elements.credential.value = JSON.stringify(credential)
    form.submit()
  } catch (error) {
    trouble.textContent = words[error.name] ?? 'This browser cannot use passkeys here: ' + error.message
    trouble.hidden = false
  }
}

form.addEventListener('submit', event => {
  event.preventDefault()
  ask()
})
// Whoever chose a passkey on the page before has no need to choose it again; after a mistake they may.
if (kind === 'get' && trouble.hidden) ask()
`

/** Where the script is found; another content has another address. */
export const passkeyScriptUrl = `/_rockpool/assets/passkey-${createHash('sha256').update(passkeyScript).digest('hex').slice(0, 16)}.js`
