/**
 * What the service takes where a style of managed login says nothing (docs/facts/hosted-pages.md §9.3). The tree is also the
 * description of the document: a member that is not here is no member of it.
 */

/** Both modes of a part that is coloured the same way in each. */
const modes = <T>(lightMode: T, darkMode: T) => ({ lightMode, darkMode })

/** A surface with a border. */
const bordered = (backgroundColor: string, borderColor: string) => ({ backgroundColor, borderColor })

/** A surface with a border and text. */
const written = (backgroundColor: string, borderColor: string, textColor: string) => ({
  backgroundColor,
  borderColor,
  textColor,
})

const filled = (backgroundColor: string, textColor: string) => ({ backgroundColor, textColor })

const status = (backgroundColor: string, borderColor: string) => ({
  backgroundColor,
  borderColor,
  indicatorColor: borderColor,
})

const pending = { indicatorColor: 'AAAAAAAA' }

const light = {
  hover: written('f2f8fdff', '033160ff', '033160ff'),
  active: written('d3e7f9ff', '033160ff', '033160ff'),
}
const dark = {
  hover: written('192534ff', '89bdeeff', '89bdeeff'),
  active: written('354150ff', '89bdeeff', '89bdeeff'),
}

/** A bar above or below the page. */
const bar = () => ({
  ...modes(
    { background: { color: 'fafafaff' }, borderColor: 'd5dbdbff' },
    { background: { color: '0f141aff' }, borderColor: '424650ff' },
  ),
  backgroundImage: { enabled: false },
  logo: { enabled: false, location: 'START' },
})

const noPrimary = { backgroundColor: 'ffffffff', borderColor: 'ffffffff' }

export const settingsDefaults = {
  categories: {
    auth: {
      authMethodOrder: [
        [
          { display: 'BUTTON', type: 'FEDERATED' },
          { display: 'INPUT', type: 'USERNAME_PASSWORD' },
        ],
      ],
      federation: { interfaceStyle: 'BUTTON_LIST', order: [] as readonly string[] },
    },
    form: {
      displayGraphics: true,
      instructions: { enabled: false },
      languageSelector: { enabled: false },
      location: { horizontal: 'CENTER', vertical: 'CENTER' },
      sessionTimerDisplay: 'NONE',
    },
    global: {
      colorSchemeMode: 'LIGHT',
      pageHeader: { enabled: false },
      pageFooter: { enabled: false },
      spacingDensity: 'REGULAR',
    },
    signUp: { acceptanceElements: [{ enforcement: 'NONE', textKey: 'en' }] },
  },
  componentClasses: {
    buttons: { borderRadius: 8 },
    divider: modes({ borderColor: 'ebebf0ff' }, { borderColor: '232b37ff' }),
    dropDown: {
      borderRadius: 8,
      ...modes(
        {
          defaults: { itemBackgroundColor: 'ffffffff' },
          hover: {
            itemBackgroundColor: 'f4f4f4ff',
            itemBorderColor: '7d8998ff',
            itemTextColor: '000716ff',
          },
          match: { itemBackgroundColor: '414d5cff', itemTextColor: '0972d3ff' },
        },
        {
          defaults: { itemBackgroundColor: '192534ff' },
          hover: {
            itemBackgroundColor: '081120ff',
            itemBorderColor: '5f6b7aff',
            itemTextColor: 'e9ebedff',
          },
          match: { itemBackgroundColor: 'd1d5dbff', itemTextColor: '89bdeeff' },
        },
      ),
    },
    focusState: modes({ borderColor: '0972d3ff' }, { borderColor: '539fe5ff' }),
    idpButtons: { icons: { enabled: true } },
    input: {
      borderRadius: 8,
      ...modes(
        { defaults: bordered('ffffffff', '7d8998ff'), placeholderColor: '5f6b7aff' },
        { defaults: bordered('0f1b2aff', '5f6b7aff'), placeholderColor: '8d99a8ff' },
      ),
    },
    inputDescription: modes({ textColor: '5f6b7aff' }, { textColor: '8d99a8ff' }),
    inputLabel: modes({ textColor: '000716ff' }, { textColor: 'd1d5dbff' }),
    link: modes(
      { defaults: { textColor: '0972d3ff' }, hover: { textColor: '033160ff' } },
      { defaults: { textColor: '539fe5ff' }, hover: { textColor: '89bdeeff' } },
    ),
    optionControls: modes(
      {
        defaults: bordered('ffffffff', '7d8998ff'),
        selected: { backgroundColor: '0972d3ff', foregroundColor: 'ffffffff' },
      },
      {
        defaults: bordered('0f1b2aff', '7d8998ff'),
        selected: { backgroundColor: '539fe5ff', foregroundColor: '000716ff' },
      },
    ),
    statusIndicator: modes(
      {
        error: status('fff7f7ff', 'd91515ff'),
        pending,
        success: status('f2fcf3ff', '037f0cff'),
        warning: status('fffce9ff', '8d6605ff'),
      },
      {
        error: status('1a0000ff', 'eb6f6fff'),
        pending,
        success: status('001a02ff', '29ad32ff'),
        warning: status('1d1906ff', 'e0ca57ff'),
      },
    ),
  },
  components: {
    alert: {
      borderRadius: 12,
      ...modes({ error: bordered('fff7f7ff', 'd91515ff') }, { error: bordered('1a0000ff', 'eb6f6fff') }),
    },
    favicon: { enabledTypes: ['ICO', 'SVG'] as readonly string[] },
    form: {
      borderRadius: 8,
      ...modes(bordered('ffffffff', 'c6c6cdff'), bordered('0f1b2aff', '424650ff')),
      backgroundImage: { enabled: false },
      logo: { enabled: false, formInclusion: 'IN', location: 'CENTER', position: 'TOP' },
    },
    idpButton: {
      custom: {},
      standard: modes(
        { defaults: written('ffffffff', '424650ff', '424650ff'), ...light },
        { defaults: written('0f1b2aff', 'c6c6cdff', 'c6c6cdff'), ...dark },
      ),
    },
    pageBackground: {
      image: { enabled: true },
      ...modes({ color: 'ffffffff' }, { color: '0f1b2aff' }),
    },
    pageFooter: bar(),
    pageHeader: bar(),
    pageText: modes(
      { bodyColor: '414d5cff', descriptionColor: '414d5cff', headingColor: '000716ff' },
      { bodyColor: 'b6bec9ff', descriptionColor: 'b6bec9ff', headingColor: 'd1d5dbff' },
    ),
    phoneNumberSelector: { displayType: 'TEXT' },
    primaryButton: modes(
      {
        active: filled('033160ff', 'ffffffff'),
        defaults: filled('0972d3ff', 'ffffffff'),
        disabled: noPrimary,
        hover: filled('033160ff', 'ffffffff'),
      },
      {
        active: filled('539fe5ff', '000716ff'),
        defaults: filled('539fe5ff', '000716ff'),
        disabled: noPrimary,
        hover: filled('89bdeeff', '000716ff'),
      },
    ),
    secondaryButton: modes(
      { defaults: written('ffffffff', '0972d3ff', '0972d3ff'), ...light },
      { defaults: written('0f1b2aff', '539fe5ff', '539fe5ff'), ...dark },
    ),
  },
}

/** A complete document. */
export type BrandingSettings = typeof settingsDefaults

/** The values that a text of the document may have, by the last part of its path. Colours have their own rule. */
export const choices: { readonly [member: string]: readonly string[] } = {
  colorSchemeMode: ['LIGHT', 'DARK', 'DYNAMIC'],
  spacingDensity: ['REGULAR', 'COMPACT'],
  interfaceStyle: ['BUTTON_LIST', 'DROPDOWN_LIST'],
  horizontal: ['START', 'CENTER', 'END'],
  vertical: ['START', 'CENTER', 'END'],
  location: ['START', 'CENTER', 'END'],
  formInclusion: ['IN', 'OUT'],
  position: ['TOP', 'BOTTOM'],
  displayType: ['TEXT', 'IMAGE'],
}
