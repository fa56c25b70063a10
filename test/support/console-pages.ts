import type { Rockpool } from '../../src/emulator.js'

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
    { name: 'flight-refused', path: `/_rockpool/flights/${refused?.id}` },
  ]
}
