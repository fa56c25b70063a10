import { createHash } from 'node:crypto'

/** The script of the page that posts itself. */
export const postScript: string = `'use strict'
document.forms.postForm.submit()
`

/** Where the script is found; another content has another address. */
export const postScriptUrl = `/_rockpool/assets/post-${createHash('sha256').update(postScript).digest('hex').slice(0, 16)}.js`
