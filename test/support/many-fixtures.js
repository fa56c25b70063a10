import { setTimeout as after } from 'node:timers/promises'

/**
 * Opens and closes fixtures in a process of its own, with --expose-gc, and tells what is left of them. Called with the
 * built package and how many.
 */
const [, , module, count] = process.argv
const { readSeeds, startRockpool } = await import(module)
const seeds = await readSeeds(['fixtures/two-pools.yaml'])

/** Bytes in use, once what is idle is given back. */
const heap = async () => {
  for (let round = 0; round < 5; round++) {
    globalThis.gc()
    await after(20)
  }
  return process.memoryUsage().heapUsed
}

const open = async number => {
  const rockpool = await startRockpool({ seeds, keys: 'recycled' })
  // Every tenth is used: the engine, the provider's pages, snapshots.
  if (number % 10 === 0) {
    await rockpool.signIn({
      pool: 'oidc-pool-1',
      client: 'web-app',
      provider: 'CorporateID',
      username: 'marco',
      password: 'Anemone-4-Marco!',
    })
    await rockpool.restore(await rockpool.snapshot())
    await rockpool.reset()
  }
  await rockpool.close()
}

/** After a half, three quarters, and all of them. */
const heaps = []
for (let number = 1; number <= count; number++) {
  await open(number)
  if (number >= count / 2 && number % (count / 4) === 0) heaps.push(await heap())
}
// The pipes are those of this process itself, to whoever started it.
const left = process.getActiveResourcesInfo().filter(name => name !== 'PipeWrap')
process.stdout.write(JSON.stringify({ left, heaps }))
