import { html } from '../../lib/html.js'
import { classesOf, type Look } from '../look/look.js'
import type { Words } from '../words/english.js'
import { page } from './layout.js'

/** A page that only tells something. */
export interface MessageView {
  readonly look: Look
  readonly poolName: string
  readonly title: string
  readonly lead: string
}

export const messagePage = ({ look, poolName, title, lead }: MessageView, words: Words): string =>
  page(
    { title, refused: false, look, poolName, subject: 'email' },
    words,
    html`<div role="status"><h1>${title}</h1>
<p class="${classesOf(look).lead}">${lead}</p></div>`,
  )
