import type { ErrorView, PostView } from '../http/hosted-refusals.js'
import { plainLook } from './look/look.js'
import { errorPage } from './views/error-page.js'
import { postPage } from './views/post-page.js'
import { english } from './words/english.js'

/** The pages that other surfaces show too, as they know them. */

export const hostedErrorPage = ({ poolName, message, explanation, flightUrl }: ErrorView): string =>
  errorPage({ poolName, message, detail: explanation, flightUrl, look: plainLook }, english)

export const hostedPostPage = (view: PostView): string => postPage(view, english)
