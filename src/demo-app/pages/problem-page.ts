import { html } from '../../lib/html.js'
import { appPath } from '../client.js'
import type { Problem } from '../sign-in.js'
import { page, type StepId } from './layout.js'
import { problemBox } from './parts.js'

/** What is shown when a request to the app itself cannot be served. */
export const problemPage = ({ problem, step }: { problem: Problem; step: StepId }): string =>
  page(
    'Error',
    step,
    html`<h1>That did not work</h1>
${problemBox(problem)}
<p class="actions"><a class="button" href="${appPath}?pick=1">Back to the clients</a></p>`,
  )
