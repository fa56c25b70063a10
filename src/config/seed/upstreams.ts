import type { Draft } from '../../core/rules/finding.js'
import { type UpstreamKind, upstreamKinds } from '../../core/upstream-kind.js'
import type { UpstreamProvider } from '../../core/upstream-provider.js'
import { canDo, quirks, quirksOf, type UpstreamQuirk, upstreamQuirks } from '../../core/upstream-quirks.js'
import { usersOf } from '../../core/upstream-users.js'
import {
  boolean,
  documented,
  either,
  type Infer,
  integer,
  list,
  map,
  oneOf,
  required,
  string,
  structure,
} from '../../lib/shape.js'
import { parseUrl } from '../../lib/url.js'
import { each, unique } from './lists.js'
import type { Place } from './mistakes.js'

/** The identity providers that are built in (src/zoo), as a seed describes them. */

const text = string({ max: 2048 })

const client = structure({
  ClientId: required(string({ min: 1, max: 128 })),
  ClientSecret: documented(
    'Without it the client is public, and has to use PKCE.',
    string({ sensitive: true, min: 1, max: 256 }),
  ),
  RedirectUris: required(
    documented(
      'Where users may be sent back to. Of a pool that federates: its domain and /oauth2/idpresponse.',
      list(string({ min: 1, max: 1024 }), { min: 1 }),
    ),
  ),
})

const user = structure({
  Username: required(string({ min: 1, max: 128 })),
  Claims: documented(
    'What the provider says of the user. Without a `sub` the username is the subject.',
    map(string({ min: 1, max: 128 }), either(text, boolean(), integer(), list(text))),
  ),
})

export const upstreamShape = structure({
  Name: required(
    documented(
      'Names the provider in its issuer, which is /_rockpool/zoo/NAME below the base URL; the references upstreams.NAME.issuer and upstreams.NAME.metadata (of SAML) stand for its addresses.',
      string({ max: 64, pattern: '[a-z0-9]([a-z0-9-]*[a-z0-9])?' }),
    ),
  ),
  Kind: documented(
    'What the provider looks like; "oidc", a plain OpenID Provider, if absent. "saml" is one of SAML.',
    oneOf(...upstreamKinds),
  ),
  Clients: documented('Who may sign users in there, pools that federate among them.', list(client)),
  Users: documented('The users of the provider. Nobody is asked for a password.', list(user)),
  Quirks: documented(
    'What the provider does wrong, as real ones do now and then: docs/rehearse.md has the list.',
    list(oneOf(...upstreamQuirks)),
  ),
  SignsIn: documented(
    'The username of the user who is signed in without a page, for tests; people are asked if absent.',
    string({ min: 1, max: 128 }),
  ),
})

export type UpstreamSeed = Infer<typeof upstreamShape>

/** Checks what the shape cannot say: names must not collide, and users must be sent back to a URL. */
export function checkUpstreams(upstreams: readonly (readonly [Draft<UpstreamSeed>, Place])[]): void {
  unique(
    'provider name',
    upstreams.map(([{ Name }, place]) => [Name, place.at('Name')]),
  )
  for (const [upstream, place] of upstreams) {
    const { Clients, Users } = upstream
    checkQuirks(upstream, place)
    checkSignsIn(upstream, place)
    const clients = each(Clients, place.at('Clients'))
    unique(
      'client id',
      clients.map(([{ ClientId }, at]) => [ClientId, at.at('ClientId')]),
    )
    for (const [uri, at] of clients.flatMap(([{ RedirectUris }, at]) =>
      each(RedirectUris, at.at('RedirectUris')),
    ))
      if (parseUrl(uri) === undefined)
        at.wrong(`"${uri}" is not a URL.`, {
          remedy: 'Write it out, with its scheme: https://app.example/callback.',
        })
    const users = each(Users, place.at('Users'))
    unique(
      'username',
      users.map(([{ Username }, at]) => [Username, at.at('Username')]),
    )
    for (const [{ Claims }, at] of users)
      if (Claims?.sub !== undefined && typeof Claims.sub !== 'string')
        at.at('Claims', 'sub').wrong('The subject must be a text.', { remedy: 'Put it in quotes.' })
    unique(
      'subject',
      users.map(([{ Username, Claims }, at]) => [
        typeof Claims?.sub === 'string' ? Claims.sub : Username,
        at.at('Username'),
      ]),
    )
  }
}

/** A quirk that a kind of provider cannot have would be without effect. */
function checkQuirks({ Name, Kind = 'oidc', Quirks }: Draft<UpstreamSeed>, place: Place): void {
  const kind = upstreamKinds.find(known => known === Kind)
  if (kind === undefined) return
  for (const [quirk, at] of each(Quirks, place.at('Quirks'))) {
    const name = upstreamQuirks.find(known => known === quirk)
    if (name === undefined || canDo(kind, name)) continue
    at.wrong(
      `"${name}" is a quirk of ${inWords(quirks[name].of)}, and ${Name ?? 'this provider'} is of the kind "${kind}".`,
      { remedy: remedyFor(kind, name) },
    )
  }
}

const inWords = (speeches: readonly string[]): string =>
  speeches.map(one => (one === one.toUpperCase() ? `${one} providers` : `the kind "${one}"`)).join(' and ')

const remedyFor = (kind: UpstreamKind, quirk: UpstreamQuirk): string => {
  const fitting = upstreamKinds.filter(one => canDo(one, quirk))
  return `Take it out, or set Kind to ${fitting.map(one => `"${one}"`).join(' or ')}. The kind "${kind}" has ${quirksOf(kind).join(', ')}.`
}

function checkSignsIn({ Users, SignsIn }: Draft<UpstreamSeed>, place: Place): void {
  if (typeof SignsIn !== 'string') return
  const given = each(Users, place.at('Users')).flatMap(([{ Username }]) =>
    typeof Username === 'string' ? [Username] : [],
  )
  const known = given.length > 0 ? given : usersOf({ users: [] }).map(({ username }) => username)
  if (!known.includes(SignsIn))
    place.at('SignsIn').wrong(`The provider has no user "${SignsIn}".`, {
      remedy: `Name one of its users: ${known.join(', ')}.`,
      meant: { given: SignsIn, valid: known },
    })
}

/** The provider that a sound entry describes. */
export const upstreamOf = ({
  Name,
  Kind,
  Clients,
  Users,
  Quirks,
  SignsIn,
}: UpstreamSeed): UpstreamProvider => ({
  name: Name,
  kind: Kind ?? 'oidc',
  quirks: Quirks ?? [],
  ...(SignsIn === undefined ? {} : { signsIn: SignsIn }),
  clients: (Clients ?? []).map(({ ClientId, ClientSecret, RedirectUris }) => ({
    id: ClientId,
    ...(ClientSecret === undefined ? {} : { secret: ClientSecret }),
    redirectUris: RedirectUris,
  })),
  users: (Users ?? []).map(({ Username, Claims }) => ({
    username: Username,
    claims: { ...Claims, sub: typeof Claims?.sub === 'string' ? Claims.sub : Username },
  })),
})
