/** What `npm test` shows of a file of tests that failed. */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, relative, resolve } from 'node:path'

/**
 * What is shown of a file that has ended, alone or with its process: its failures in full, or undefined where all its tests passed. Passed has what
 * ended well and told of as many tests as it says it has: one that ends amid them says nothing.
 */
export function failureOf(file, { told, complaints, code, signal }) {
  const lines = told.split('\n')
  const results = lines.filter(line => /^(not )?ok /.test(line)).length
  const planned = /^1\.\.(\d+)( #.*)?$/m.exec(told)
  const isSkipped = planned?.[1] === '0' && !/no tests/.test(planned[2] ?? 'no tests')
  const isWhole = planned !== null && Number(planned[1]) === results && (results > 0 || isSkipped)
  if (code === 0 && isWhole) return undefined
  const end = isWhole && code === 1 ? [] : [endOf({ results, planned: planned?.[1], code, signal })]
  const text = [file, ...failedParts(lines), ...end, complaints.trimEnd()].join('\n').trimEnd()
  return `\n${atSources(text)}\n\n`
}

function endOf({ results, planned, code, signal }) {
  const how = signal === null ? `with code ${code}` : `by ${signal}`
  const of = planned === undefined ? 'and not how many it has' : `of the ${planned} that it has`
  return `The file ended ${how}. It told of ${results} tests, ${of}.`
}

/** The lines of a file that tell of failures: each failed test with its diagnosis, below the titles of those around it. */
function failedParts(all) {
  const kept = []
  let titles = []
  let within
  for (const line of all) {
    const indent = /^ */.exec(line)?.[0].length ?? 0
    const title = /^ *# Subtest: (.*)$/.exec(line)
    if (title) {
      titles = [...titles.filter(each => each.indent < indent), { indent, text: line }]
      within = undefined
      continue
    }
    if (/^ *not ok /.test(line) && !/# (TODO|SKIP)/i.test(line)) {
      for (const each of titles.filter(each => each.indent < indent))
        if (!kept.includes(each.text)) kept.push(each.text)
      kept.push(line)
      within = indent
    } else if (/^ *ok /.test(line)) within = undefined
    // A diagnosis is indented more than its test, and may have empty lines; what a crashed process wrote stands at the margin.
    else if (within !== undefined && (indent > within || line.trim() === '')) kept.push(line)
    else if (isStray(line)) kept.push(line)
  }
  return kept
}

function isStray(line) {
  return !/^ *(#|ok|not ok|\d+\.\.\d+|\}|TAP version)/.test(line) && /^\S/.test(line)
}

/** The text with places of the sources for places of their bundle (`scripts/test-sources.js`). */
function atSources(text) {
  return text.replace(/[^\s("']*test-sources\/\w+\/sources\.cjs:(\d+):(\d+)/g, (place, line, column) => {
    const [file] = place.split(`:${line}`)
    try {
      const map = new SourceMap(
        JSON.parse(readFileSync(`${resolve(file.replace('file://', ''))}.map`, 'utf8')),
      )
      const { originalSource, originalLine, originalColumn } = map.findEntry(line - 1, column - 1)
      return `${relative('.', resolve(dirname(file), originalSource))}:${originalLine + 1}:${originalColumn + 1}`
    } catch {
      return place
    }
  })
}
