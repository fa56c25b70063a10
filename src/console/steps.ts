import type { Step } from './page.js'
import { flights } from './pages/flights.js'
import { home } from './pages/home.js'

/** Every address of the console. A page, or a family of pages, is a file in `pages/`; here it is named. */
export const steps: readonly Step[] = [...home, ...flights]
