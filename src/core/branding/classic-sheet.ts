/** The style sheet of the classic pages that `SetUICustomization` takes (docs/facts/hosted-pages.md §8). */

/** The classes that a sheet may style, without their end `-customizable`, and the states that it may style of them. */
const classes: { readonly [name: string]: readonly string[] } = {
  background: [],
  banner: [],
  logo: [],
  label: [],
  textDescription: [],
  idpDescription: [],
  legalText: [],
  inputField: ['focus'],
  submitButton: ['hover'],
  idpButton: ['hover'],
  socialButton: [],
  errorMessage: [],
  redirect: [],
  'passwordCheck-valid': [],
  'passwordCheck-notValid': [],
}

/** The sheet as it is served, or why it is refused as a whole. */
export type JudgedSheet = { readonly css: string } | { readonly told: string }

/**
 * Judges a sheet, and writes it anew from what was understood of it, so that browsers and we read the same. The parser is
 * loaded only here.
 */
export async function judgeSheet(css: string): Promise<JudgedSheet> {
  const { default: postcss } = await import('postcss')
  try {
    const root = postcss.parse(css)
    const rules: string[] = []
    for (const node of root.nodes) {
      if (node.type === 'comment') continue
      if (node.type === 'atrule') return { told: `The CSS rule @${node.name} is not allowed.` }
      if (node.type !== 'rule') return { told: 'The CSS holds something outside a rule.' }
      const offence = node.selectors.map(selectorOffence).find(Boolean)
      if (offence !== undefined) return { told: offence }
      const declarations: string[] = []
      for (const child of node.nodes) {
        if (child.type === 'comment') continue
        if (child.type !== 'decl') return { told: 'The CSS nests rules, which is not allowed.' }
        if (runsScript(child.prop, child.value))
          return { told: 'The CSS holds JavaScript, which is not allowed.' }
        declarations.push(`  ${child.prop}: ${child.value}${child.important ? ' !important' : ''};\n`)
      }
      rules.push(`${node.selectors.join(', ')} {\n${declarations.join('')}}\n`)
    }
    return { css: rules.join('') }
  } catch (error) {
    if (!(error instanceof postcss.CssSyntaxError)) throw error
    return { told: `The CSS cannot be read: ${error.reason} (line ${error.line}).` }
  }
}

function selectorOffence(selector: string): string | undefined {
  const [, name = selector.trim().replace(/^\./, ''), state] =
    /^\.([\w-]+)(?::([\w-]+))?$/.exec(selector.trim()) ?? []
  const known = name.endsWith('-customizable') ? classes[name.slice(0, -'-customizable'.length)] : undefined
  // Cognito's words.
  if (known === undefined) return `The CSS class ${name} is not in the list of allowed classes.`
  return state === undefined || known.includes(state)
    ? undefined
    : `The CSS class ${name}:${state} is not in the list of allowed classes.`
}

const runsScript = (property: string, value: string): boolean =>
  /^(behavior|-moz-binding)$/i.test(property) || /javascript:|expression\s*\(/i.test(value)
