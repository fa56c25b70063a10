import type { ErrorView, PostView } from '../http/hosted-refusals.js'
import { stylesheetUrl } from './look/stylesheet.js'
import { errorPage } from './views/error-page.js'
import { postPage } from './views/post-page.js'
import { english } from './words/english.js'

/** The pages that other surfaces show too, as they know them. */

export const hostedErrorPage = ({ poolName, message, explanation, flightUrl }: ErrorView): string =>
  errorPage({ poolName, message, detail: explanation, flightUrl, stylesheet: stylesheetUrl }, english)

export const hostedPostPage = (view: PostView): string => postPage(view, english)
