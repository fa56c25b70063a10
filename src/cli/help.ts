import { optionRows, variableOf } from './option-table.js'

/** The text of `--help`. */
export function helpText(): string {
  const names = optionRows.map(({ name, short, value }) => {
    const long = `--${name}${value === undefined ? '' : ` ${value}`}`
    return short === undefined ? `    ${long}` : `-${short}, ${long}`
  })
  const width = Math.max(...names.map(({ length }) => length))
  const lines = optionRows.map(
    (row, index) =>
      `  ${(names[index] ?? '').padEnd(width)}  ${row.about}${row.isAction || row.onlyOf ? '' : `\n${' '.repeat(width + 4)}[${variableOf(row)}]`}`,
  )
  return `Amazon Cognito user pools on your own machine.

Usage: rockpool [start] [options]
       rockpool ca [--help]           the certificate to trust for https, and how to
       rockpool env [--pool NAME] [--client NAME] [--format FORMAT]   configuration for your app
       rockpool import PATH           pools of infrastructure code, as a seed file
       rockpool import --from-aws POOL_ID [--users NUMBER] [--print-policy]   a pool of your AWS account, as a seed file
       rockpool drift POOL_ID [--from PATH] [--json]   how a pool of your AWS account differs; exit status 1 if it does
       rockpool init                  which command fits this folder, and a rockpool.yaml
       rockpool export [--pool NAME] [--format FORMAT] [--with-secrets]   pools of the one that runs, as code
       rockpool doctor [--pool NAME] [--json]   what will go wrong at the one that runs; exit status 1 if anything
       rockpool flights [--follow] [--pool NAME] [--user NAME] [--refused]   sign-ins at the one that runs, and why some failed
       rockpool inbox [--follow] [--pool NAME] [--user NAME]   mail and text messages of the one that runs, with their codes
       rockpool trigger NAME [--pool NAME] [--user NAME] [--event FILE]   call a trigger of the one that runs; exit status 1 if it fails

${lines.join('\n')}

In square brackets: the variable that sets the same. Several files in ROCKPOOL_SEED are separated by commas.
`
}
