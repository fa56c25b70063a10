import type { ErrorView } from '../../http/hosted-refusals.js'
import { stylesheetUrl } from '../look/stylesheet.js'
import { english } from '../words/english.js'
import { errorPage } from './error-page.js'

/** The error page, as surfaces that show it know it. */
export const hostedErrorPage = ({ poolName, message, explanation, flightUrl }: ErrorView): string =>
  errorPage({ poolName, message, detail: explanation, flightUrl, stylesheet: stylesheetUrl }, english)
