import { SaxesParser } from 'saxes'

/** What an SVG of a style may be made of: shapes, text, colours and effects; nothing that runs, and nothing from elsewhere. */
const elements: ReadonlySet<string> = new Set(
  (
    'svg g path rect circle ellipse line polyline polygon text tspan textPath defs use symbol title desc metadata style ' +
    'linearGradient radialGradient stop clipPath mask pattern marker filter feBlend feColorMatrix feComponentTransfer ' +
    'feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB ' +
    'feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting feSpotLight ' +
    'feTile feTurbulence'
  ).split(' '),
)

/** Attributes that the service is known to refuse. */
const refused: ReadonlySet<string> = new Set(['dominant-baseline'])

/** What is wrong with an SVG: a sentence, or undefined. */
export function svgFinding(text: string): string | undefined {
  const findings: string[] = []
  const parser = new SaxesParser()
  parser.on('error', ({ message }) => findings.push(`It is not well-formed XML (${message}).`))
  parser.on('doctype', () => findings.push('It has a document type, which may name other files.'))
  parser.on('text', content => {
    if (/@import|url\(\s*['"]?(?!#)/i.test(content))
      findings.push('Its styles load something from elsewhere.')
  })
  parser.on('opentag', ({ name, attributes }) => {
    if (!elements.has(name)) findings.push(`The element ${name} is not allowed.`)
    for (const [attribute, value] of Object.entries(attributes))
      if (!isAllowed(attribute.toLowerCase(), String(value)))
        findings.push(`The attribute ${attribute} of ${name} is not allowed.`)
  })
  parser.write(text).close()
  return findings[0]
}

function isAllowed(name: string, value: string): boolean {
  if (name.startsWith('on') || refused.has(name)) return false
  if (name === 'href' || name === 'xlink:href') return value.startsWith('#')
  return !/javascript:|url\(\s*['"]?(?!#)/i.test(value)
}
