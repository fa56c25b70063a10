/** Marks text for a terminal; plain where colour is not wanted. */
export interface Style {
  heading(text: string): string
  faint(text: string): string
  link(text: string): string
}

export const plain: Style = { heading: text => text, faint: text => text, link: text => text }

const marked = (on: number, off: number) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`
const colourful: Style = { heading: marked(1, 22), faint: marked(2, 22), link: marked(36, 39) }

/** Colours go to terminals only, and not if `NO_COLOR` is set (no-color.org). */
export const styleFor = (isTerminal: boolean, noColor: string | undefined): Style =>
  isTerminal && (noColor ?? '') === '' ? colourful : plain
