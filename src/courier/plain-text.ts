import type { Message } from '../core/message.js'

/** A message with the text that a reader without HTML sees. */
export interface SentMessage extends Message {
  /** The body as plain text: of a mail, which is HTML, its words and the addresses of its links; a text message as it is. */
  readonly text: string
}

/** Adds the plain text, which AWS leaves to the mail program: `SES` is given HTML alone. */
export const withText = async (message: Message): Promise<SentMessage> => ({
  ...message,
  text: message.medium === 'EMAIL' ? await plainText(message.body) : message.body,
})

/** What HTML says, in lines: a link is followed by its address. */
async function plainText(body: string): Promise<string> {
  // Most letters are plain already, and need no parser.
  if (!/[<&]/.test(body)) return body
  const { convert } = await import('html-to-text')
  return convert(body, {
    wordwrap: false,
    selectors: [
      { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
      { selector: 'img', format: 'skip' },
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(selector => ({ selector, options: { uppercase: false } })),
    ],
  })
}
