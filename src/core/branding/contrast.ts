import { effectiveSettings } from './settings.js'

/** Whether people can read what a style colours (WCAG 2.2, 1.4.3). */

/** A text that is hard to read. */
export interface ContrastFinding {
  readonly mode: 'lightMode' | 'darkMode'
  /** What is hard to read, and on what. */
  readonly what: string
  /** From 1 to 21; 4.5 is enough for text. */
  readonly ratio: number
}

const enough = 4.5

/** The texts of a style that stand out too little from what is behind them, in the modes that it can show. */
export function contrastFindings(settings: unknown): ContrastFinding[] {
  const { categories, components, componentClasses } = effectiveSettings(settings)
  const { colorSchemeMode } = categories.global
  const modes = [
    ...(colorSchemeMode === 'DARK' ? [] : (['lightMode'] as const)),
    ...(colorSchemeMode === 'LIGHT' ? [] : (['darkMode'] as const)),
  ]
  return modes.flatMap(mode => {
    const form = components.form[mode].backgroundColor
    const { primaryButton, secondaryButton, idpButton, pageText } = components
    const { inputLabel, inputDescription, link, statusIndicator } = componentClasses
    const pairs: [what: string, text: string, ground: string][] = [
      [
        'the main button',
        primaryButton[mode].defaults.textColor,
        primaryButton[mode].defaults.backgroundColor,
      ],
      [
        'the main button under the pointer',
        primaryButton[mode].hover.textColor,
        primaryButton[mode].hover.backgroundColor,
      ],
      [
        'the second button',
        secondaryButton[mode].defaults.textColor,
        secondaryButton[mode].defaults.backgroundColor,
      ],
      [
        'the buttons of providers',
        idpButton.standard[mode].defaults.textColor,
        idpButton.standard[mode].defaults.backgroundColor,
      ],
      ['the heading on the form', pageText[mode].headingColor, form],
      ['the description on the form', pageText[mode].descriptionColor, form],
      ['the text on the form', pageText[mode].bodyColor, form],
      ['labels on the form', inputLabel[mode].textColor, form],
      ['hints on the form', inputDescription[mode].textColor, form],
      ['links on the form', link[mode].defaults.textColor, form],
      ['mistakes on the form', statusIndicator[mode].error.indicatorColor, form],
    ]
    return pairs.flatMap(([what, text, ground]) => {
      const ratio = Math.round(contrast(text, ground) * 100) / 100
      return ratio < enough ? [{ mode, what, ratio }] : []
    })
  })
}

/** The contrast of two colours `rrggbbaa`, whose opacity is left out of account: from 1 to 21. */
function contrast(one: string, other: string): number {
  const values = [luminance(one), luminance(other)]
  return (Math.max(...values) + 0.05) / (Math.min(...values) + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0]: number[] = [0, 2, 4]
    .map(at => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map(channel => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
