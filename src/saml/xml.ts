import { DOMParser } from '@xmldom/xmldom'

/** Reading and writing XML as far as SAML needs it: strictly, without document types, one child at a time. */

/** A text that is no XML, or XML that is not read. The message is the end of a sentence: “it …”. */
export class NotXml extends Error {
  override readonly name = 'NotXml'
}

/**
 * Parses a document. A document type, and with it every entity, is refused; so is whatever the parser would only warn of.
 * @throws NotXml
 */
export function parseXml(text: string): Element {
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text)) throw new NotXml('has a document type, which is never read')
  const fail = (message: unknown): never => {
    throw new NotXml(`is not well-formed XML (${String(message).split('\n')[0]?.slice(0, 160)})`)
  }
  const parser = new DOMParser({ errorHandler: { warning: fail, error: fail, fatalError: fail } })
  try {
    const root = parser.parseFromString(text, 'text/xml')?.documentElement
    return root ?? fail('it has no element')
  } catch (error) {
    if (error instanceof NotXml) throw error
    return fail(error instanceof Error ? error.message : error)
  }
}

/** The elements directly below, of this namespace and name. Nothing deeper is found, wherever somebody has put it. */
export function childrenOf(element: Element | undefined, namespace: string, name: string): Element[] {
  const found: Element[] = []
  for (let node = element?.firstChild ?? null; node !== null; node = node.nextSibling)
    if (isElement(node) && node.namespaceURI === namespace && node.localName === name) found.push(node)
  return found
}

const isElement = (node: ChildNode): node is Element => node.nodeType === 1

/** The only element directly below of this name; undefined where there is none, or more than one. */
export function onlyChild(
  element: Element | undefined,
  namespace: string,
  name: string,
): Element | undefined {
  const found = childrenOf(element, namespace, name)
  return found.length === 1 ? found[0] : undefined
}

/** The text of an element without the space around it. A comment inside does not end it. */
export const textOf = (element: Element | undefined): string => element?.textContent?.trim() ?? ''

/** The value of an attribute; undefined where it is absent or empty. */
export const attributeOf = (element: Element | undefined, name: string): string | undefined =>
  element?.getAttribute(name) || undefined

/** A text as the content of an element or of an attribute in double quotes. */
export const escapedXml = (text: string): string =>
  text.replace(/[&<>"'\t\n\r]/g, character => `&#${character.charCodeAt(0)};`)

/** A time as messages have it: UTC, to the millisecond (SAML Core §1.3.3). */
export const samlTime = (ms: number): string => new Date(ms).toISOString()

/** Milliseconds since the epoch; undefined where the text is no time of the form that SAML has. */
export function timeOf(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?$/.test(text))
    return undefined
  // SAML Core §1.3.3: without a zone it is UTC.
  const ms = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`)
  return Number.isNaN(ms) ? undefined : ms
}
