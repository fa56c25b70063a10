import { aBrowser, type Browser } from './browser.js'
import { postedBy } from './saml-reef.js'

/** A person's way through the pages of the built-in identity providers. */

/** What is typed and ticked there. */
export interface AtZoo {
  readonly username?: string
  readonly claims?: object
  readonly quirks?: readonly string[]
  readonly cancel?: boolean
}

/** How a sign-in ended: at the app's callback, or on a page that nobody can fill in. */
export interface End {
  readonly url: URL
  /** What the app was told; empty on a page. */
  readonly told: Readonly<Record<string, string>>
  readonly text: string
}

/** Goes through all redirects and pages of a provider until the app is called back, or a page has nothing to fill in. */
export async function throughZoo(
  start: string,
  callback: string,
  choice: AtZoo = {},
  browser: Browser = aBrowser(),
): Promise<End> {
  let arrival = await browser.follow(start, callback)
  for (let pages = 0; arrival.page !== undefined && pages < 4; pages++) {
    const { text } = arrival.page
    const next = text.includes('name="answerForm"')
      ? { to: postedBy(text).to, body: new URLSearchParams(postedBy(text).fields) }
      : filledIn(text, arrival.url, choice)
    if (next === undefined) break
    const answer = await browser.post(next.to, next.body)
    const location = answer.headers.get('location')
    if (location === null) {
      const page = { status: answer.status, text: await answer.text() }
      arrival = { url: new URL(next.to), way: [], page }
    } else arrival = await browser.follow(new URL(location, next.to).href, callback)
  }
  const { url, page } = arrival
  return {
    url,
    text: page?.text ?? '',
    told: page === undefined ? Object.fromEntries(url.searchParams) : {},
  }
}

/** The page's form as a person fills it in; undefined where there is none. */
function filledIn(text: string, at: URL, choice: AtZoo) {
  const action = /<form name="nameUserForm" method="post" action="([^"]*)"/.exec(text)?.[1]
  if (action === undefined) return undefined
  const body = new URLSearchParams(postedBy(text).fields)
  body.set('username', choice.username ?? 'ann')
  if (choice.claims !== undefined) body.set('claims', JSON.stringify(choice.claims))
  if (choice.cancel) body.set('cancel', 'yes')
  // Those that the page has ticked stay, as for somebody who does not open the list.
  const ticked = [...text.matchAll(/name="quirk" value="([^"]*)" checked/g)].map(([, name = '']) => name)
  for (const quirk of [...ticked, ...(choice.quirks ?? [])]) body.append('quirk', quirk)
  return { to: new URL(action.replaceAll('&amp;', '&'), at).href, body }
}
