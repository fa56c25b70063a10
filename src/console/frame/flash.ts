import { stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readRawCookie } from '../../http/cookies.js'
import { consolePath } from '../console.js'

/** A message for the next page: what a form did. */
export interface Flash {
  readonly kind: 'good' | 'bad'
  readonly text: string
}

const cookieName = 'rockpool-flash'

/** Seconds in which the next page is opened. */
const lifetime = 60

export const leaveFlash = (reply: FastifyReply, flash: Flash): FastifyReply =>
  reply.header('set-cookie', cookie(Buffer.from(JSON.stringify(flash)).toString('base64url'), lifetime))

/** The message that was left for this page; it is shown once. */
export function takeFlash(request: FastifyRequest, reply: FastifyReply): Flash | undefined {
  const left = readRawCookie(request, cookieName)
  if (left === undefined) return undefined
  reply.header('set-cookie', cookie('', 0))
  return parsed(left)
}

/** Other apps on this host can set our cookie too: whatever it holds is shown as text, or not at all. */
function parsed(left: string): Flash | undefined {
  try {
    const { kind, text } = JSON.parse(Buffer.from(left, 'base64url').toString()) as Partial<Flash>
    return (kind === 'good' || kind === 'bad') && typeof text === 'string' ? { kind, text } : undefined
  } catch {
    return undefined
  }
}

const cookie = (value: string, maxAge: number): string =>
  stringifySetCookie({
    name: cookieName,
    value,
    path: consolePath,
    httpOnly: true,
    sameSite: 'strict',
    maxAge,
  })
