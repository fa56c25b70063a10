import { domainUrl, idpResponsePath, regionalDomain } from '../../core/addresses.js'
import { customDomainFindings, prefixFindings } from '../../core/rules/domain.js'
import { arn } from '../../core/shapes/common.js'
import { pagesVersionOf, regionOf, type UserPool } from '../../core/user-pool.js'
import { defined, type Resource } from '../../export/resources.js'
import { createDomain, deleteDomain, updateDomain } from '../../flows/administration/domains.js'
import { type Html, html } from '../../lib/html.js'
import { confirmed, field, form, type Option, select, submit } from '../frame/forms.js'
import { hasMistakes, type Mistakes, misshapen, mistakesOf } from '../frame/mistakes.js'
import { poolPath } from '../frame/navigation.js'
import { card, copyable, facts, refusalBox, refusalOf } from '../frame/parts.js'
import { act, poolOf, show, storedPoolOf, type View, type Visit } from '../page.js'
import { asCode, formAsCode, showAsCode } from './as-code.js'

/** The user pool domains: where the hosted pages and the OAuth endpoints are. A pool has a prefix, a name of its own, or both. */
export const domain = [
  show('/pools/:pool/domain', async visit => page(visit, await poolOf(visit))),
  act(
    '/pools/:pool/domain',
    async visit => {
      const pool = await poolOf(visit)
      const asked = askedDomain(visit)
      if (visit.form.show !== undefined) return page(visit, pool)
      const mistakes = mistakesIn(asked)
      if (hasMistakes(mistakes)) return page(visit, pool, { mistakes })
      await createDomain(visit.console.service, await storedPoolOf(visit), asked.name, asked)
      return { goTo: poolPath(pool, 'domain'), said: `The pool has the domain ${asked.name}.` }
    },
    { again },
  ),
  act(
    '/pools/:pool/domain/pages',
    async visit => {
      const pool = await poolOf(visit)
      const { domain = '' } = visit.form
      await updateDomain(visit.console.service, await storedPoolOf(visit), domain, {
        version: visit.form.version === '2' ? 2 : 1,
      })
      return {
        goTo: poolPath(pool, 'domain'),
        said: `The pages of ${domain} are saved. Sessions there have ended.`,
      }
    },
    { again },
  ),
  act(
    '/pools/:pool/domain/delete',
    async visit => {
      const pool = await poolOf(visit)
      const { domain = '' } = visit.form
      await deleteDomain(visit.console.service, await storedPoolOf(visit), domain)
      return { goTo: poolPath(pool, 'domain'), said: `The domain ${domain} is deleted.` }
    },
    { again },
  ),
]

async function again(visit: Visit, refusal: Parameters<typeof refusalOf>[0]): Promise<View> {
  return page(visit, await poolOf(visit), { problem: refusalBox(refusalOf(refusal)) })
}

/** What a form asks for: a prefix, or, with the ARN of a certificate, a name of the owner's own. */
interface AskedDomain {
  readonly name: string
  readonly certificateArn?: string
  readonly version?: number
}

function askedDomain({ form: of }: Visit): AskedDomain {
  const version = of.version === '2' ? { version: 2 } : {}
  return of.kind === 'custom'
    ? { name: of.CustomDomain ?? '', certificateArn: of.CertificateArn ?? '', ...version }
    : { name: of.Domain ?? '', ...version }
}

const mistakesIn = ({ name, certificateArn }: AskedDomain): Mistakes => {
  if (certificateArn === undefined) return mistakesOf(prefixFindings(name))
  const { Domain } = mistakesOf(customDomainFindings(name))
  return {
    ...(Domain === undefined ? {} : { CustomDomain: Domain }),
    ...misshapen('CertificateArn', arn, certificateArn),
  }
}

function page(
  visit: Visit,
  pool: UserPool,
  { mistakes = {}, problem }: { readonly mistakes?: Mistakes; readonly problem?: Html } = {},
): View {
  const { domain, customDomain } = pool
  return {
    title: 'Domain',
    section: 'pools',
    pool,
    tab: 'domain',
    ...(hasMistakes(mistakes) ? { status: 400 } : {}),
    body: html`${problem}<div class="two"><div class="stack">${
      domain === undefined ? prefixForm(visit, pool, mistakes) : prefixCard(visit, pool, domain)
    }${
      customDomain === undefined ? customForm(visit, pool, mistakes) : customCard(visit, pool, customDomain)
    }</div><div class="stack">${
      (visit.form.show !== undefined || (domain === undefined && customDomain === undefined)) &&
      formAsCode(visit, resourceOf(askedDomain(visit)), pool)
    }${presentAsCode(visit, pool)}</div></div>`,
  }
}

const versions: readonly Option[] = [
  ['1', 'Hosted UI (classic)'],
  ['2', 'Managed login'],
]

const prefixForm = (visit: Visit, pool: UserPool, mistakes: Mistakes): Html =>
  card(
    'Choose a domain prefix',
    form(visit, { action: poolPath(pool, 'domain') }, [
      field({
        name: 'Domain',
        label: 'Domain prefix',
        value: visit.form.Domain,
        required: true,
        placeholder: 'my-app',
        hint: html`The pages will be at <code>${visit.console.service.base}/<em>prefix</em></code>, or, where a pool of another region has that address, at <code>${visit.console.service.base}/${regionalDomain('…', regionOf(pool.id))}</code>.`,
        mistake: mistakes.Domain,
      }),
      select({ name: 'version', label: 'Pages', value: visit.form.version, options: versions }),
      html`<div class="inline">${submit('Create domain')}${showAsCode}</div>`,
    ]),
  )

const exampleCertificate =
  'arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-0000-0000-000000000000'

/** A custom domain: few need it on their own machine, so that its form is closed. */
const customForm = (visit: Visit, pool: UserPool, mistakes: Mistakes): Html =>
  html`<details class="card"${visit.form.kind === 'custom' && html` open`}><summary>Use a domain of your own</summary>${form(
    visit,
    { action: poolPath(pool, 'domain') },
    [
      html`<input type="hidden" name="kind" value="custom">`,
      field({
        name: 'CustomDomain',
        label: 'Custom domain',
        value: visit.form.CustomDomain,
        required: true,
        placeholder: 'auth.example.com',
        hint: html`Below <code>${visit.console.service.base}/<em>domain</em></code> at once, and at the host name itself where it leads to this machine.`,
        mistake: mistakes.CustomDomain,
      }),
      field({
        name: 'CertificateArn',
        label: 'ARN of the certificate',
        value: visit.form.CertificateArn ?? exampleCertificate,
        required: true,
        hint: 'Kept, and given back by the API. Rockpool makes its own certificate for the name.',
        mistake: mistakes.CertificateArn,
      }),
      select({
        name: 'version',
        id: 'custom-version',
        label: 'Pages',
        value: visit.form.version,
        options: versions,
      }),
      html`<div class="inline">${submit('Create custom domain')}${showAsCode}</div>`,
    ],
  )}</details>`

const prefixCard = (visit: Visit, pool: UserPool, prefix: string): Html => {
  const url = domainUrl(visit.console.service, pool) ?? ''
  return present(visit, pool, {
    heading: 'Domain',
    name: prefix,
    rows: [
      ['Prefix', copyable(prefix)],
      ['Address', copyable(url)],
      ['Callback for providers', copyable(`${url}${idpResponsePath}`)],
    ],
  })
}

const customCard = (
  visit: Visit,
  pool: UserPool,
  { name, certificateArn }: NonNullable<UserPool['customDomain']>,
): Html =>
  present(visit, pool, {
    heading: 'Custom domain',
    name,
    rows: [
      ['Domain', copyable(name)],
      ['Address on this machine', copyable(`${visit.console.service.base}/${name}`)],
      ['Address on AWS', copyable(`https://${name}`)],
      ['Certificate', html`<code>${certificateArn}</code>`],
    ],
  })

interface Present {
  readonly heading: string
  readonly name: string
  readonly rows: Parameters<typeof facts>[0]
}

/** A domain that the pool has, which pages it shows, and how to be rid of it. */
const present = (visit: Visit, pool: UserPool, { heading, name, rows }: Present): Html =>
  card(
    heading,
    html`${facts(rows)}${form(visit, { action: `${poolPath(pool, 'domain')}/pages`, className: 'inline' }, [
      html`<input type="hidden" name="domain" value="${name}">`,
      select({
        name: 'version',
        id: `version-${name}`,
        label: 'Pages',
        value: String(pagesVersionOf(pool, name) ?? 1),
        options: versions,
      }),
      submit('Save', 'quiet'),
    ])}`,
    {
      actions: confirmed(visit, {
        action: `${poolPath(pool, 'domain')}/delete`,
        label: 'Delete',
        question: html`Sign-in pages and OAuth endpoints are at <strong>${name}</strong> no longer.`,
        fields: { domain: name },
      }),
    },
  )

const resourceOf = ({ name, certificateArn, version }: AskedDomain): Resource => {
  const domain = name === '' ? 'my-app' : name
  return {
    operation: 'CreateUserPoolDomain',
    name: domain,
    input: defined({
      Domain: domain,
      ManagedLoginVersion: version,
      CustomDomainConfig: certificateArn === undefined ? undefined : { CertificateArn: certificateArn },
    }),
  }
}

const presentAsCode = (visit: Visit, pool: UserPool): Html[] =>
  [
    ...(pool.domain === undefined ? [] : [{ name: pool.domain }]),
    ...(pool.customDomain === undefined
      ? []
      : [{ name: pool.customDomain.name, certificateArn: pool.customDomain.certificateArn }]),
  ].map((known, index) => {
    const version = pagesVersionOf(pool, known.name)
    const resource = resourceOf({ ...known, ...(version === undefined ? {} : { version }) })
    const input = { ...resource.input, ManagedLoginVersion: version ?? 1 }
    return asCode(visit, { ...resource, update: { operation: 'UpdateUserPoolDomain', input } }, pool, {
      id: index === 0 ? 'as-code' : 'custom-as-code',
    })
  })
