import type { ErrorView } from '../http/hosted-refusals.js'
import { errorPage } from './error-page.js'
import { stylesheetUrl } from './stylesheet.js'

/** The error page, as surfaces that show it know it. */
export const hostedErrorPage = ({ poolName, message, explanation, flightUrl }: ErrorView): string =>
  errorPage({ poolName, message, detail: explanation, flightUrl, stylesheet: stylesheetUrl })
