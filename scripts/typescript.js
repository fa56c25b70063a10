/** Lets Node run the sources as they are: `node --import ./scripts/typescript.js src/cli/main.ts`. */
import { register } from 'node:module'

register('./typescript-hooks.js', import.meta.url)
