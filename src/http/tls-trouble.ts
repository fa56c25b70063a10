import { UnknownName } from '../tls/authority.js'

/**
 * Tells the operator why a client and we came to no agreement over TLS: the client itself often says nothing of use. The
 * same sentence is logged once; an end that the client chose (it hung up) is not logged.
 */
export function explainTrouble(log: (line: string) => void): (error: NodeJS.ErrnoException) => void {
  const told = new Set<string>()
  return error => {
    const sentence = sentenceFor(error)
    if (sentence === undefined || told.has(sentence) || told.size >= sentencesTold) return
    told.add(sentence)
    log(sentence)
  }
}

/** Bounds the log against clients that ask for ever new names. */
const sentencesTold = 100

function sentenceFor(error: NodeJS.ErrnoException): string | undefined {
  if (error instanceof UnknownName)
    return `A client asked over https for ${JSON.stringify(error.asked)}, which is none of our names. If it should be, start Rockpool with --host-name and that name.`
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/.test(error.code ?? ''))
    return 'A client that came over https does not trust this Rockpool. rockpool ca --help says how to make it.'
  if (error.name === 'AuthorityFolderError') return error.message
  return undefined
}
