import { html } from '../../lib/html.js'
import { show } from '../page.js'

export const home = [
  show('/', () => ({
    title: 'Home',
    section: 'home',
    body: html`<p>Welcome.</p>`,
  })),
]
