import { assetFinding, type BrandingAsset } from '../branding/assets.js'
import { judgeSheet } from '../branding/classic-sheet.js'
import { contrastFindings } from '../branding/contrast.js'
import { settingsFindings } from '../branding/settings.js'
import { type Draft, entriesOf, type Finding } from './finding.js'

/** What styles of managed login, and the sheet and logo of the classic pages, may be (docs/facts/hosted-pages.md §8, §9). */

/** What is wrong with setting a look of the classic pages where a pool has none. */
export function* pagesFindings(pool: {
  readonly name: string
  readonly hasDomain: boolean
}): Generator<Finding> {
  if (!pool.hasDomain)
    yield {
      path: [],
      told: 'A domain must be associated with this user pool.',
      because: `${pool.name} has no domain, and so no hosted pages.`,
      remedy: 'Give the pool a domain first: Domain or CustomDomain in a seed, or CreateUserPoolDomain.',
    }
}

/** A style of managed login: the service's own look, or settings and pictures. */
export interface Style {
  readonly UseCognitoProvidedValues?: boolean
  readonly Settings?: unknown
  readonly Assets?: readonly BrandingAsset[]
}

/** What is wrong with a style, its pictures apart. */
export function* styleFindings({
  UseCognitoProvidedValues,
  Settings,
  Assets,
}: Draft<Style>): Generator<Finding> {
  const hasOwn = Settings !== undefined || Assets !== undefined
  if ((UseCognitoProvidedValues === true) === hasOwn)
    yield {
      path: ['UseCognitoProvidedValues'],
      told: 'useCognitoProvidedValues or settings should be specified (but not both)',
      because: hasOwn
        ? "UseCognitoProvidedValues asks for the service's own look, and there are Settings or Assets besides."
        : 'There are neither Settings and Assets, nor UseCognitoProvidedValues: true.',
      remedy: 'Send UseCognitoProvidedValues: true alone, or Settings and Assets without it.',
    }
  if (Settings === undefined) return
  for (const { path, because, isIgnored } of settingsFindings(Settings))
    if (!isIgnored)
      yield {
        path: ['Settings', ...(path === 'Settings' ? [] : path.split('.'))],
        // The service's words are not known.
        told: `Invalid settings: ${path}`,
        because: `${path} of Settings is wrong: ${because}`,
        remedy:
          'Compare with the document that DescribeManagedLoginBranding answers with ReturnMergedResources.',
      }
}

/** What is wrong with the pictures of a style. */
export async function pictureFindings({ Assets }: Draft<Style>): Promise<Finding[]> {
  const found = await Promise.all(
    entriesOf(Assets).map(async ([asset, index]): Promise<Finding[]> => {
      const finding = await assetFinding(asset as BrandingAsset)
      return finding === undefined ? [] : [{ path: ['Assets', index], ...finding }]
    }),
  )
  return found.flat()
}

/** A sentence about a style that is right and may not come out as it was meant, and what to do. */
export interface StyleWarning {
  readonly warning: string
  readonly remedy: string
}

/**
 * Warnings about the settings of a style: colours that the service takes and does not follow, and texts that people who see
 * less well, or sit in the sun, cannot read.
 */
export function styleWarnings({ Settings }: Style): StyleWarning[] {
  if (Settings === undefined) return []
  return [
    ...settingsFindings(Settings)
      .filter(({ isIgnored }) => isIgnored)
      .map(({ path, because }) => ({
        warning: `Settings ${path}: ${because}`,
        remedy: 'Write eight digits.',
      })),
    ...contrastFindings(Settings).map(({ mode, what, ratio }) => ({
      warning: `${mode}: ${what} has a contrast of ${ratio} : 1 only.`,
      remedy: 'Choose colours with 4.5 : 1 or more (WCAG 2.2, 1.4.3).',
    })),
  ]
}

/** The look of the classic pages. The logo is an image in base64. */
export interface ClassicLook {
  readonly CSS?: string | undefined
  readonly ImageFile?: string | undefined
}

/** What is wrong with a look of the classic pages, and the sheet as it is served. */
export async function classicLookFindings({
  CSS = '',
  ImageFile,
}: ClassicLook): Promise<{ readonly findings: readonly Finding[]; readonly served: string | undefined }> {
  const judged = await judgeSheet(CSS)
  const findings: Finding[] = []
  if ('told' in judged)
    findings.push({
      path: ['CSS'],
      told: judged.told,
      because: judged.told,
      remedy: 'Style only the classes of the classic pages.',
    })
  if (ImageFile && !isLogo(ImageFile))
    findings.push({
      path: ['ImageFile'],
      told: 'Invalid image file.',
      because: 'The logo is neither a PNG nor a JPEG.',
      remedy: 'Send a logo that is a PNG or a JPEG.',
    })
  return { findings, served: 'css' in judged && judged.css !== '' ? judged.css : undefined }
}

/** By the first bytes: PNG, or JPEG. */
const isLogo = (base64: string): boolean => /^(iVBORw0KGgo|\/9j\/)/.test(base64)
