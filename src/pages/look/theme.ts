import type { BrandingAsset } from '../../core/branding/assets.js'
import { effectiveSettings } from '../../core/branding/settings.js'
import type { BrandingSettings } from '../../core/branding/settings-defaults.js'

/**
 * A style of managed login as a sheet of custom properties. Every colour and radius of the document becomes one, named by its
 * path: `components.primaryButton.lightMode.hover.textColor` is `--primary-button-hover-text-color`.
 */

type Tree = Readonly<Record<string, unknown>>
type Mode = 'lightMode' | 'darkMode'

/** A picture of a style, in the modes that it has it for. */
export interface Picture {
  readonly light?: string | undefined
  readonly dark?: string | undefined
}

/** Finds the addresses of a style's pictures. */
export type Pictures = (category: BrandingAsset['Category'], resourceId?: string) => Picture

/** The pictures of a style, each at `base` followed by a name of its own. */
export function picturesOf(assets: readonly BrandingAsset[], base: string): Pictures {
  const find = (category: string, resourceId: string | undefined, ...modes: readonly string[]) => {
    const own = assets.filter(
      ({ Category, ResourceId }) =>
        Category === category && (resourceId === undefined || ResourceId === resourceId),
    )
    const found = modes.map(mode => own.find(({ ColorMode }) => ColorMode === mode)).find(Boolean)
    return found && `${base}/${fileOf(found)}`
  }
  return (category, resourceId) => ({
    light: find(category, resourceId, 'LIGHT', 'DYNAMIC'),
    dark: find(category, resourceId, 'DARK', 'DYNAMIC'),
  })
}

/** The name of an asset's file: one for each kind of asset. */
export const fileOf = ({ Category, ColorMode, ResourceId, Extension }: BrandingAsset): string =>
  encodeURIComponent(
    [Category, ColorMode, ...(ResourceId === undefined ? [] : [ResourceId])].join('-').toLowerCase() +
      `.${Extension.toLowerCase()}`,
  )

/** The whole sheet. */
export function themeSheet(own: unknown, pictures: Pictures): string {
  const settings = effectiveSettings(own)
  const light = block('lightMode', settings, pictures)
  const dark = block('darkMode', settings, pictures)
  const { colorSchemeMode } = settings.categories.global
  const colours =
    colorSchemeMode === 'DARK'
      ? `${root(dark)}${ownButtons(settings, 'darkMode')}`
      : `${root(light)}${ownButtons(settings, 'lightMode')}`
  const adapted =
    colorSchemeMode === 'DYNAMIC'
      ? `@media (prefers-color-scheme: dark) {\n${root(dark)}${ownButtons(settings, 'darkMode')}}\n`
      : ''
  return `${root(shape(settings))}${colours}${adapted}`
}

const root = (declarations: readonly string[]): string => `:root {\n${declarations.join('')}}\n`

const declaration = (name: string, value: string): string => `  --${name}: ${value};\n`

/** What does not depend on the mode: radii, places, distances. */
function shape({ categories, components, componentClasses }: BrandingSettings): string[] {
  const { location } = categories.form
  const compact = categories.global.spacingDensity === 'COMPACT'
  return [
    ...leaves({ ...componentClasses, ...components }, []).flatMap(({ path, value }) =>
      typeof value === 'number' ? [declaration(nameOf(path), `${value}px`)] : [],
    ),
    declaration('form-location-horizontal', location.horizontal.toLowerCase()),
    declaration('form-location-vertical', location.vertical.toLowerCase()),
    declaration('density', compact ? '.7' : '1'),
  ]
}

/** The colours and pictures of a mode. */
function block(mode: Mode, settings: BrandingSettings, pictures: Pictures): string[] {
  const { components, componentClasses } = settings
  const { idpButton, ...others } = components
  const parts = { ...componentClasses, ...others, idpButton: idpButton.standard }
  const colours = Object.entries(parts).flatMap(([name, part]) =>
    leaves((part as Tree)[mode] ?? {}, [name]).flatMap(({ path, value }) =>
      typeof value === 'string' ? [declaration(nameOf(path), `#${value.toLowerCase()}`)] : [],
    ),
  )
  return [
    `  color-scheme: ${mode === 'darkMode' ? 'dark' : 'light'};\n`,
    ...colours,
    // The name that the service's own sheets have for it.
    declaration('color-text-status-error', 'var(--status-indicator-error-indicator-color)'),
    ...backgrounds(mode === 'darkMode' ? 'dark' : 'light', settings, pictures),
  ]
}

/** Pictures behind the parts of the page: those that are there, and enabled. */
const backgrounds = (
  mode: 'light' | 'dark',
  { components }: BrandingSettings,
  pictures: Pictures,
): string[] =>
  (
    [
      ['page-background-image', 'PAGE_BACKGROUND', components.pageBackground.image.enabled],
      ['form-background-image', 'FORM_BACKGROUND', components.form.backgroundImage.enabled],
      [
        'page-header-background-image',
        'PAGE_HEADER_BACKGROUND',
        components.pageHeader.backgroundImage.enabled,
      ],
      [
        'page-footer-background-image',
        'PAGE_FOOTER_BACKGROUND',
        components.pageFooter.backgroundImage.enabled,
      ],
    ] as const
  ).map(([name, category, enabled]) => {
    const url = enabled ? pictures(category)[mode] : undefined
    return declaration(name, url === undefined ? 'none' : `url("${url}")`)
  })

/** Buttons that single providers have for themselves. */
const ownButtons = ({ components: { idpButton } }: BrandingSettings, mode: Mode): string =>
  Object.entries(idpButton.custom as Readonly<Record<string, Tree>>)
    .map(([provider, button]) => {
      const declarations = leaves((button[mode] ?? {}) as Tree, ['idpButton']).flatMap(({ path, value }) =>
        typeof value === 'string' ? [declaration(nameOf(path), `#${value.toLowerCase()}`)] : [],
      )
      return `[data-provider=${JSON.stringify(provider)}] {\n${declarations.join('')}}\n`
    })
    .join('')

interface Leaf {
  readonly path: readonly string[]
  readonly value: unknown
}

function leaves(tree: object, path: readonly string[]): Leaf[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leaves(value, [...path, name])
      : [{ path: [...path, name], value }],
  )
}

const nameOf = (path: readonly string[]): string =>
  path.map(part => part.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)).join('-')
