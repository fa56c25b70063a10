import type { BrandingSettings } from '../../core/branding/settings-defaults.js'
import { stylesheetUrl } from './stylesheet.js'
import type { Picture, Pictures } from './theme.js'

/** What a page looks like: one of the two faces that Cognito has, and what the owner of the pool has made of it. */
export type Look = ClassicLook | ManagedLook

/** The classic hosted pages, `ManagedLoginVersion` 1. */
export interface ClassicLook {
  readonly face: 'classic'
  /** Addresses of the style sheets, in their order. */
  readonly sheets: readonly string[]
  /** Whether the owner has set a sheet or a logo. */
  readonly isCustom: boolean
  /** Address of the owner's logo. */
  readonly logo?: string | undefined
  /** Whether the domain says which face it has. */
  readonly isChosen?: boolean
}

/** Managed login, `ManagedLoginVersion` 2. */
export interface ManagedLook {
  readonly face: 'managed'
  readonly sheets: readonly string[]
  readonly settings: BrandingSettings
  readonly pictures: Pictures
}

/** The look of pages that no client is known for, and of classic ones that nobody has touched. */
export const plainLook: ClassicLook = { face: 'classic', sheets: [stylesheetUrl], isCustom: false }

/** The picture to show, given the modes that the page can have. */
export function shownPicture({ settings, pictures }: ManagedLook, ...of: Parameters<Pictures>): Picture {
  const { light, dark } = pictures(...of)
  switch (settings.categories.global.colorSchemeMode) {
    case 'LIGHT':
      return { light }
    case 'DARK':
      return { light: dark }
    default:
      return { light, dark }
  }
}

/** The classes of what pages are made of, by what it is for. */
export interface Classes {
  readonly label: string
  readonly input: string
  readonly submit: string
  /** A button beside the main one. */
  readonly quiet: string
  readonly provider: string
  readonly error: string
  readonly notice: string
  readonly lead: string
  /** A line of links below a form. */
  readonly links: string
  readonly providerHeading: string
}

const classic: Classes = {
  label: 'label-customizable',
  input: 'inputField-customizable',
  submit: 'button submitButton-customizable',
  quiet: 'button quiet',
  provider: 'button quiet provider idpButton-customizable',
  error: 'notice bad errorMessage-customizable',
  notice: 'notice',
  lead: 'lead textDescription-customizable',
  links: 'otherwise redirect-customizable',
  providerHeading: 'idpDescription-customizable',
}

const managed: Classes = {
  label: 'label',
  input: 'input',
  submit: 'button primary',
  quiet: 'button secondary',
  provider: 'button provider',
  error: 'notice bad',
  notice: 'notice good',
  lead: 'lead',
  links: 'otherwise',
  providerHeading: 'subheading',
}

export const classesOf = ({ face }: Look): Classes => (face === 'classic' ? classic : managed)
