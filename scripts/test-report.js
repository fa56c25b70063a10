/**
 * What `npm test` shows: a line for each file of tests, and every failure in full, where it happens and again at the end.
 * tap gives what it reports on the standard input, a file's tests together.
 */
import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { dirname, relative, resolve } from 'node:path'
import process, { stdin, stdout } from 'node:process'
import { createInterface } from 'node:readline'

/** Lines of the file that is being reported on, and the failures of all. */
let lines = []
const failures = []
let files = 0
const began = performance.now()

/** The failed file whose diagnosis is being read: it follows the result, as how the process ended does. */
let open

for await (const line of createInterface({ input: stdin })) {
  if (open !== undefined && /^ {2}/.test(line)) {
    open.text += `${line}\n`
    continue
  }
  finish()
  const result = /^(not )?ok \d+ - (.*?)(?: # (?:time=([\d.]+)(ms|s|m))?.*)?(?: \{)?$/.exec(line)
  if (result === null) {
    lines.push(line)
    continue
  }
  const [, failed, name = '', time, unit] = result
  files++
  const took = time === undefined ? '' : `${seconds(Number(time), unit).toFixed(1)} s`
  stdout.write(`${failed ? '✗' : '✓'} ${name.padEnd(44)} ${took.padStart(8)}\n`)
  if (failed) open = { name, text: `\n${[name, ...failedParts(lines)].join('\n')}\n` }
  lines = []
}
finish()

function finish() {
  if (open === undefined) return
  open.text = atSources(open.text)
  failures.push(open)
  stdout.write(open.text)
  open = undefined
}

for (const { text } of failures) stdout.write(text)
// What comes after the last file: a plan that was not kept, a bail out.
const told = lines.filter(line => /^(Bail out!|# (?:no tests|timeout))/.test(line))
for (const line of told) stdout.write(`${line}\n`)
const passed = files - failures.length
stdout.write(
  `\n${passed} of ${files} files of tests passed in ${Math.round((performance.now() - began) / 1000)} s${
    failures.length === 0 ? '' : `; failed: ${failures.map(({ name }) => name).join(', ')}`
  }\n`,
)
if (failures.length > 0) process.exitCode = 1

function seconds(time, unit) {
  return unit === 'ms' ? time / 1000 : unit === 'm' ? time * 60 : time
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
