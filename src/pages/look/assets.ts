import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assetTypes } from '../../core/branding/assets.js'
import type { UserPool } from '../../core/user-pool.js'
import { classicStyleOf, managedStyleById } from '../../flows/administration/looks.js'
import { poolById } from '../../flows/directory/directory.js'
import type { Service } from '../../flows/service.js'
import { styleBase } from './look-of.js'
import { fileOf, picturesOf, themeSheet } from './theme.js'

/** What owners have set, as pages load it: sheets and pictures, each at an address that changes with it. */
export function styleAssets(app: FastifyInstance, service: Service): void {
  const path = '/_rockpool/assets/:pool/:style/:version/assets/:folder/:file'
  app.get(path, { config: { tellsNothing: true } }, async (request, reply) => {
    const { pool: poolId, style, version, folder, file } = request.params as Record<string, string>
    const pool = await poolById(service, poolId ?? '')
    const found = pool && (await assetOf(service, pool, style ?? '', version ?? '', `${folder}/${file}`))
    return found === undefined ? notFound(request, reply) : send(reply, found)
  })
}

interface Found {
  readonly type: string
  readonly content: string | Buffer
}

async function assetOf(
  service: Service,
  pool: UserPool,
  id: string,
  version: string,
  file: string,
): Promise<Found | undefined> {
  const managed = await managedStyleById(service, pool, id)
  if (managed !== undefined) {
    const base = styleBase(pool, managed.id, managed.version)
    const pictures = picturesOf(managed.assets, `${base}/images`)
    if (file === 'CSS/theme.css') return { type: css, content: themeSheet(managed.settings, pictures) }
    const asset = managed.assets.find(asset => decodeURIComponent(`images/${fileOf(asset)}`) === file)
    return asset?.Bytes === undefined
      ? undefined
      : { type: assetTypes[asset.Extension], content: Buffer.from(asset.Bytes, 'base64') }
  }
  const classic = await classicStyleOf(service, pool, id)
  if (classic?.target !== id || classic.version !== version) return undefined
  if (file === 'CSS/custom-css.css' && classic.css !== undefined) return { type: css, content: classic.css }
  if (file !== 'images/image.jpg' || classic.logo === undefined) return undefined
  const content = Buffer.from(classic.logo, 'base64')
  return { type: content[0] === 0x89 ? 'image/png' : 'image/jpeg', content }
}

const css = 'text/css; charset=utf-8'

/** A picture that is opened by itself is still only a picture: nothing in it runs, and it loads nothing. */
const send = (reply: FastifyReply, { type, content }: Found): FastifyReply =>
  reply
    .type(type)
    .headers({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
      'x-content-type-options': 'nosniff',
    })
    .send(content)

const notFound = (_request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  reply.code(404).type('text/plain; charset=utf-8').send('No style has this file any more.')
