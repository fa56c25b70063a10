import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

type WorkflowParser = typeof import('@actions/workflow-parser')

/**
 * What GitHub's own parser finds wrong with workflows of GitHub Actions.
 * @param workflows the texts by the names of their files
 * @returns a sentence a mistake, with the name of the file
 */
export async function workflowMistakes(workflows: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'workflows-'))
  try {
    // The package imports JSON in a way that only bundlers understand.
    const outfile = join(folder, 'parser.cjs')
    const stdin = { contents: "export * from '@actions/workflow-parser'", resolveDir: resolve('.') }
    await build({ stdin, outfile, bundle: true, format: 'cjs', platform: 'node', logLevel: 'silent' })
    const { default: parser }: { default: WorkflowParser } = await import(pathToFileURL(outfile).href)
    const trace = new parser.NoOperationTraceWriter()
    return Object.entries(workflows).flatMap(([name, content]) =>
      parser
        .parseWorkflow({ name, content }, trace)
        .context.errors.getErrors()
        .map(({ message }) => message),
    )
  } finally {
    await rm(folder, { recursive: true })
  }
}
