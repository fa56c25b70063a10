import type { StartOptions } from './start-options.js'

/** What a command asks of a Rockpool that runs could not be had. The message is whole sentences. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError'
}

type Where = Pick<StartOptions, 'port' | 'baseUrl' | 'controlToken'>

/**
 * Asks the control API of a Rockpool that runs.
 * @param path below `/_rockpool`
 * @param query members without a value are left out
 * @param body with one, it is posted
 * @throws NoAnswerError when none runs there, or it refuses
 */
export async function askRunning(
  { port, baseUrl = `http://localhost:${port}`, controlToken }: Where,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
  body?: object,
): Promise<string> {
  const url = new URL(`${baseUrl}/_rockpool${path}`)
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) url.searchParams.set(name, value)
  const headers = controlToken === undefined ? {} : { authorization: `Bearer ${controlToken}` }
  const response = await fetch(url, {
    headers: { accept: 'application/json', ...headers },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  }).catch(error => {
    const { cause } = error as { cause?: { code?: string } }
    throw new NoAnswerError(
      `No Rockpool answers at ${baseUrl}${cause?.code === undefined ? '' : ` (${cause.code})`}. Start one with rockpool start, or say where it is: --base-url URL, or --port PORT.`,
    )
  })
  const text = await response.text()
  if (response.ok) return text
  throw new NoAnswerError(messageIn(text) ?? `${url.href} answered ${response.status}.`)
}

function messageIn(text: string): string | undefined {
  try {
    const { message } = JSON.parse(text) as { message?: unknown }
    return typeof message === 'string' ? message : undefined
  } catch {
    return undefined
  }
}
