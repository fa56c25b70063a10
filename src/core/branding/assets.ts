import type { Infer } from '../../lib/shape.js'
import type { createManagedLoginBranding } from '../shapes/branding.js'

/** The pictures of a managed login style (docs/facts/hosted-pages.md §9.1, §9.2). */

/** One picture. `Bytes` are base64. */
export type BrandingAsset = NonNullable<Infer<typeof createManagedLoginBranding>['Assets']>[number]

/** What tells one asset from another: there is one of a kind. */
const assetKey = ({ Category, ColorMode, ResourceId = '' }: BrandingAsset): string =>
  [Category, ColorMode, ResourceId].join(' ')

/** The assets after an update: one of the same kind is replaced, others stay; an empty list clears them all. */
export function mergeAssets(
  before: readonly BrandingAsset[],
  given: readonly BrandingAsset[] | undefined,
): readonly BrandingAsset[] {
  if (given === undefined) return before
  if (given.length === 0) return []
  return [...new Map([...before, ...given].map(asset => [assetKey(asset), asset])).values()]
}

/** Media types by which the assets are served. */
export const assetTypes: { readonly [extension in BrandingAsset['Extension']]: string } = {
  ICO: 'image/x-icon',
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  SVG: 'image/svg+xml',
  WEBP: 'image/webp',
}

/** What is wrong with an asset: Cognito's words, and ours. */
export interface AssetFinding {
  readonly told: string
  readonly because: string
  readonly remedy: string
}

/** What is wrong with an asset, if anything. The libraries that look into pictures are loaded only here. */
export async function assetFinding(asset: BrandingAsset): Promise<AssetFinding | undefined> {
  const { Category, Extension, Bytes } = asset
  const name = `The asset ${assetKey(asset).trim()}`
  if (Bytes === undefined) return undefined
  const bytes = Buffer.from(Bytes, 'base64')
  const { imageSize } = await import('image-size')
  const picture = measured(imageSize, bytes)
  const isRight = picture !== undefined && sameType(picture.type, Extension)
  if (!isRight)
    return {
      told: 'Invalid file type',
      because: `${name} is said to be ${Extension}, and is ${picture?.type ?? 'no picture of a known kind'}.`,
      remedy: `Send a picture of the kind ${Extension}, or name its real kind in Extension.`,
    }
  const wanted = Category === 'FAVICON_ICO' ? 'ICO' : Category === 'FAVICON_SVG' ? 'SVG' : undefined
  if (wanted !== undefined && Extension !== wanted)
    return {
      told: 'Invalid file type',
      because: `${name} is ${Extension}, and a ${Category} has to be ${wanted}.`,
      remedy: `Send a picture of the kind ${wanted}.`,
    }
  if (Extension === 'SVG') {
    const { svgFinding } = await import('./svg.js')
    const because = svgFinding(bytes.toString())
    if (because !== undefined)
      return { told: 'Invalid SVG', because: `${name}: ${because}`, remedy: 'Export it as plain SVG.' }
  }
  const ratio = picture.width / picture.height
  return Category.endsWith('_LOGO') && !(ratio >= 1 && ratio <= 4)
    ? {
        told: 'Invalid file dimension',
        because: `${name} is ${picture.width} × ${picture.height}: ${ratio.toFixed(2)} times as wide as high.`,
        remedy: 'Send a logo that is at least as wide as high, and at most four times as wide.',
      }
    : undefined
}

interface Measured {
  readonly type?: string | undefined
  readonly width: number
  readonly height: number
}

function measured(measure: (bytes: Uint8Array) => Measured, bytes: Buffer): Measured | undefined {
  try {
    return measure(bytes)
  } catch {
    // What cannot be measured is no picture that a page could show.
    return undefined
  }
}

const sameType = (type: string | undefined, extension: string): boolean =>
  type === { ICO: 'ico', JPEG: 'jpg', PNG: 'png', SVG: 'svg', WEBP: 'webp' }[extension]
