import { type Html, html } from '../../lib/html.js'
import { consolePath, pathTo } from '../console.js'

/** The sections of the console, in the order in which the navigation lists them. */
export const sections = {
  home: { label: 'Home', path: '/', icon: 'M4 11.5 12 4l8 7.5M6 10v9.5h12V10M10 19.5v-5h4v5' },
  pools: {
    label: 'User pools',
    path: '/pools',
    icon: 'M12 12.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5zM4.5 19.5c.8-3 3.8-4.6 7.5-4.6s6.7 1.6 7.5 4.6',
  },
  flights: { label: 'Flights', path: '/flights', icon: 'M4 6.5h10M4 12h16M4 17.5h7M17 4v5M14 15v5' },
  doctor: {
    label: 'Doctor',
    path: '/doctor',
    icon: 'M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.2 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10zM12 10.5v5M9.5 13h5',
  },
  inbox: { label: 'Inbox', path: '/inbox', icon: 'M3.5 6h17v12h-17zM3.5 6.5 12 13l8.5-6.5' },
  sessions: {
    label: 'Sessions',
    path: '/sessions',
    icon: 'M8 4.5h12v8H8zM4 9v10.5h12V16M11 8.5h6',
  },
  time: {
    label: 'Time and state',
    path: '/time',
    icon: 'M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2',
  },
} as const satisfies Record<string, { label: string; path: string; icon: string }>
export type Section = keyof typeof sections

/** The pages of a pool, in the order of its tabs. Paths are below the pool's. */
export const poolTabs = {
  overview: { label: 'Overview', path: '' },
  users: { label: 'Users', path: '/users' },
  groups: { label: 'Groups', path: '/groups' },
  clients: { label: 'App clients', path: '/clients' },
  domain: { label: 'Domain', path: '/domain' },
  resources: { label: 'Resource servers', path: '/resource-servers' },
  providers: { label: 'Identity providers', path: '/providers' },
  settings: { label: 'Settings', path: '/settings' },
  code: { label: 'As code', path: '/code' },
} as const satisfies Record<string, { label: string; path: string }>
export type PoolTab = keyof typeof poolTabs

/** The address of a pool's page. */
export const poolPath = (pool: { readonly id: string }, tab: PoolTab = 'overview'): string =>
  pathTo('pools', pool.id) + poolTabs[tab].path

/** The address of the page of an identity provider. */
export const providerPath = (pool: { readonly id: string }, provider: { readonly name: string }): string =>
  pathTo('pools', pool.id, 'providers', provider.name)

export const navigation = (current: Section): Html =>
  html`<nav class="sections" aria-label="Console"><ul>${Object.entries(sections).map(
    ([id, { label, path, icon }]) =>
      html`<li><a href="${consolePath}${path}"${id === current && html` aria-current="page"`}>${stroke(icon)}<span>${label}</span></a></li>`,
  )}</ul></nav>`

export const poolNavigation = (
  pool: { readonly id: string; readonly name: string },
  current: PoolTab | undefined,
): Html =>
  html`<nav class="tabs" aria-label="Pool ${pool.name}"><ul>${Object.entries(poolTabs).map(
    ([id, { label }]) =>
      html`<li><a href="${poolPath(pool, id as PoolTab)}"${id === current && html` aria-current="page"`}>${label}</a></li>`,
  )}</ul></nav>`

const stroke = (path: string): Html =>
  html`<svg viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"><path d="${path}"/></svg>`
