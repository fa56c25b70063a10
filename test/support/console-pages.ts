import type { Rockpool } from '../../src/emulator.js'
import { pool1, pool2 } from './console-scene.js'

/** Every page of the console that shows something after `somethingHappened`, with a name for it. */
export async function consolePages({ operations }: Rockpool): Promise<{ name: string; path: string }[]> {
  const [refused, signedIn] = [
    operations.flights().find(({ refusals }) => refusals.length > 0),
    operations.flights().find(({ pools }) => pools.length > 1),
  ]
  return [
    { name: 'front', path: '/' },
    { name: 'home', path: '/_rockpool/' },
    { name: 'flights', path: '/_rockpool/flights' },
    { name: 'flight', path: `/_rockpool/flights/${signedIn?.id}` },
    { name: 'pools', path: '/_rockpool/pools' },
    { name: 'pool', path: `/_rockpool/pools/${pool2}` },
    { name: 'pool-new', path: '/_rockpool/pools/new' },
    ...[
      'clients',
      'clients/1webappatpool1clientid0000',
      'domain',
      'resource-servers',
      'resource-server?identifier=orders-api',
      'providers',
      ...['OIDC', 'SAML', 'Google', 'Facebook', 'LoginWithAmazon', 'SignInWithApple'].map(
        type => `providers/new?type=${type}`,
      ),
      'providers/CorporateID',
      'settings',
      'code',
    ].map(page => ({
      name: page.replace(/\W+/g, '-'),
      path: `/_rockpool/pools/${pool1}/${page}`,
    })),
    { name: 'doctor', path: '/_rockpool/doctor' },
    { name: 'users', path: `/_rockpool/pools/${pool2}/users` },
    { name: 'users-none', path: `/_rockpool/pools/${pool2}/users?by=username&begins=nobody` },
    { name: 'user-new', path: `/_rockpool/pools/${pool2}/users/new` },
    { name: 'user', path: `/_rockpool/pools/${pool2}/users/5b1f6a52-1c0e-4d0b-9a57-2f1d7c3e8a02` },
    { name: 'groups', path: `/_rockpool/pools/${pool2}/groups` },
    { name: 'group', path: `/_rockpool/pools/${pool2}/group?name=staff` },
    { name: 'inbox', path: '/_rockpool/inbox' },
    ...(await operations.messages()).map(({ id, medium, username }) => ({
      name: `message-${medium}-${username}`,
      path: `/_rockpool/inbox/${id}`,
    })),
    { name: 'sessions', path: '/_rockpool/sessions' },
    { name: 'time', path: '/_rockpool/time' },
    { name: 'flight-refused', path: `/_rockpool/flights/${refused?.id}` },
  ]
}
