/**
 * Signs in, by the code grant, at several Rockpools behind one address, so that each request goes to another one, and fails
 * unless two of them at least had a part in it (`fixtures/compose/replicas`):
 *
 *   node --import ./scripts/typescript.js scripts/sign-in-over.ts http://localhost:7665 CONTROL-TOKEN
 */
import { argv, stdout } from 'node:process'
import { aBrowser } from '../test/support/browser.js'

const [, , base = 'http://localhost:7665', token = ''] = argv
const control = { authorization: `Bearer ${token}` }

const { pools } = (await (await fetch(`${base}/_rockpool/pools`, { headers: control })).json()) as {
  pools: {
    name: string
    domainUrl?: string
    clients: { id: string; name: string; callbackUrls: string[] }[]
  }[]
}
const pool = pools.find(({ name }) => name === 'oidc-pool-2')
const client = pool?.clients.find(({ name }) => name === 'direct-app')
const callback = client?.callbackUrls[0]
const domain = pool?.domainUrl
if (client === undefined || callback === undefined || domain === undefined)
  throw new Error(`These are not the pools of the demo: ${JSON.stringify(pools)}`)

const browser = aBrowser()
const query = new URLSearchParams({ client_id: client.id, response_type: 'code', redirect_uri: callback })
const { page, url } = await browser.follow(`${domain}/oauth2/authorize?${query}`, callback)
const csrf = /name="_csrf" value="([^"]*)"/.exec(page?.text ?? '')?.[1] ?? ''
const answer = await browser.post(url.href, { _csrf: csrf, username: 'marco', password: 'Anemone-4-Marco!' })
const end = await browser.follow(new URL(answer.headers.get('location') ?? '', url).href, callback)
const code = end.url.searchParams.get('code') ?? ''
const redeem = async () => {
  const form = { grant_type: 'authorization_code', client_id: client.id, code, redirect_uri: callback }
  const answer = await fetch(`${domain}/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) })
  return { status: answer.status, tokens: (await answer.json()) as Record<string, string> }
}
const answers = await Promise.all([redeem(), redeem(), redeem(), redeem()])
const won = answers.filter(({ status }) => status === 200)
if (won.length !== 1)
  throw new Error(`Of four exchanges of a code these succeeded: ${JSON.stringify(answers)}`)
const authorization = `Bearer ${won[0]?.tokens.access_token}`
const userInfos = 4
for (let request = 0; request < userInfos; request++) {
  const { status } = await fetch(`${domain}/oauth2/userInfo`, { headers: { authorization } })
  if (status !== 200) throw new Error(`UserInfo answered ${status}.`)
}
/** What a Rockpool counts is what it has answered itself. */
const answered: number[] = []
for (let request = 0; request < 4; request++) {
  const text = await (await fetch(`${base}/_rockpool/metrics`, { headers: control })).text()
  const [, count = '0'] =
    /^rockpool_requests_total\{route="\/oauth2\/userInfo",status="2xx"\} (\d+)/m.exec(text) ?? []
  answered.push(Number(count))
}
if (answered.every(count => count === userInfos)) throw new Error('One Rockpool has answered all.')
stdout.write(
  `signed in at ${base}, by several Rockpools: UserInfo was answered ${answered.join(', ')} times\n`,
)
