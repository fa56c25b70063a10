import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import type { IDeployment } from 'kubernetes-models/apps/v1/Deployment'
import t from 'tap'
import ts from 'typescript'
import { parse, parseAllDocuments } from 'yaml'
import { optionRows, variableOf } from '../src/cli/option-table.js'
import { seedOf } from '../src/config/seed/read.js'

/**
 * The manifests of `fixtures/kubernetes`, by the schemas of Kubernetes (`kubernetes-models`): values by its validators, and names of
 * members, which those let be, by its types.
 */

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string }
  // biome-ignore lint/suspicious/noExplicitAny: what is in it the schemas say
  readonly [member: string]: any
}

const require = createRequire(import.meta.url)
const manifestsOf = async (file: string): Promise<Manifest[]> => {
  const text = await readFile(new URL(`../fixtures/kubernetes/${file}`, import.meta.url), 'utf8')
  return parseAllDocuments(text).map(document => document.toJS() as Manifest)
}
const manifests = [...(await manifestsOf('rockpool.yaml')), ...(await manifestsOf('postgres.yaml'))]
const named = (kind: string, name: string) =>
  manifests.find(one => one.kind === kind && one.metadata.name === name) ??
  t.fail(`there is no ${kind} ${name}`)

const validate = ({ apiVersion, kind, ...rest }: Manifest): void => {
  const Model = require(`kubernetes-models/${apiVersion}/${kind}`)[kind]
  new Model({ apiVersion, kind, ...rest }).validate()
}

/** What the compiler finds wrong with manifests, taken for literals of the types of their kinds. */
function strangeMembers(given: readonly Manifest[]): string[] {
  const source = given
    .map(
      (manifest, at) =>
        `import type { I${manifest.kind} as T${at} } from 'kubernetes-models/${manifest.apiVersion}/${manifest.kind}'\n` +
        `export const m${at}: T${at} = ${JSON.stringify(manifest)}\n`,
    )
    .join('')
  const name = fileURLToPath(new URL('manifests.ts', import.meta.url))
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    noEmit: true,
    skipLibCheck: true,
    strict: true,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const { fileExists, getSourceFile } = host
  host.fileExists = file => file === name || fileExists(file)
  host.getSourceFile = (file, ...how) =>
    file === name ? ts.createSourceFile(file, source, ts.ScriptTarget.Latest) : getSourceFile(file, ...how)
  return ts
    .getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
}

t.test('every manifest is what the schema of its kind says', async t => {
  t.same(
    manifests.map(({ kind }) => kind),
    [
      ...['Secret', 'ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service', 'Ingress', 'NetworkPolicy'],
      ...['Service', 'StatefulSet'],
    ],
  )
  for (const manifest of manifests) t.doesNotThrow(() => validate(manifest), manifest.kind)
  const deployment = named('Deployment', 'rockpool') as Manifest & IDeployment
  const wrong = { ...deployment, spec: { ...deployment.spec, replicas: 'two' } }
  t.throws(() => validate(wrong), /replicas/)
  const strange = { ...deployment, spec: { ...deployment.spec, replica: 2 } }
  // One compilation of both, as the types take longer to read than all else.
  const found = strangeMembers([...manifests, strange])
  t.match(found, [/replica"?' does not exist/])
  t.equal(found.length, 1, 'and nothing else is wrong')
})

t.test('the manifests fit one another, and Rockpool knows each setting', async t => {
  const { spec } = named('Deployment', 'rockpool') as Manifest
  const pod = spec.template
  const [container] = pod.spec.containers
  t.ok(spec.replicas >= 2)
  for (const kind of ['Service', 'PodDisruptionBudget', 'NetworkPolicy']) {
    const { spec: other } = named(kind, 'rockpool') as Manifest
    const selector = kind === 'Service' ? other.selector : (other.podSelector ?? other.selector).matchLabels
    t.match(pod.metadata.labels, selector, `${kind} finds the pods`)
  }
  const service = named('Service', 'rockpool') as Manifest
  t.equal(container.ports[0].name, service.spec.ports[0].targetPort)
  const [rule] = (named('Ingress', 'rockpool') as Manifest).spec.rules
  t.match(rule.http.paths[0].backend.service, {
    name: 'rockpool',
    port: { name: service.spec.ports[0].name },
  })
  const known = new Set(optionRows.map(variableOf))
  for (const { name, valueFrom = {} } of container.env) {
    t.ok(known.has(name), `${name} is a setting`)
    const { secretKeyRef, configMapKeyRef } = valueFrom
    if (secretKeyRef) t.ok((named('Secret', secretKeyRef.name) as Manifest).stringData[secretKeyRef.key])
    if (configMapKeyRef)
      t.ok((named('ConfigMap', configMapKeyRef.name) as Manifest).data[configMapKeyRef.key])
  }
  t.equal(
    container.livenessProbe.httpGet.path,
    '/_rockpool/health',
    'a process is not ended for its database',
  )
  t.equal(container.readinessProbe.httpGet.path, '/_rockpool/ready')
  const { data } = named('ConfigMap', 'rockpool') as Manifest
  t.equal(data['base-url'], `https://${rule.host}`)
  t.doesNotThrow(() => seedOf(parse(data['seed.yaml'])))
})

t.test('the address of the database is that of the one for trying out', async t => {
  const { stringData } = named('Secret', 'rockpool') as Manifest
  const address = new URL(stringData.database)
  const { spec } = named('StatefulSet', 'postgres') as Manifest
  const { env } = spec.template.spec.containers[0]
  const value = (name: string) => env.find((one: { name: string }) => one.name === name)?.value
  t.equal(address.hostname, (named('Service', 'postgres') as Manifest).metadata.name)
  t.same(
    [address.username, address.password, address.pathname],
    [value('POSTGRES_USER'), value('POSTGRES_PASSWORD'), `/${value('POSTGRES_DB')}`],
  )
})
