import { createHash } from 'node:crypto'
import { copyScript } from '../../http/copy-script.js'

/** The script of the relying party: it copies code. Pages do without it. */
export const script: string = `'use strict'\n${copyScript}`

/** Changes its name whenever it changes, so that browsers may keep it for good. */
export const scriptPath: string = `/_rockpool/assets/app-${createHash('sha256').update(script).digest('hex').slice(0, 16)}.js`
