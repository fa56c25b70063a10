/**
 * Loaded into the server (`--expose-gc --import`): answers every message of the parent with the bytes that are in use when V8 has
 * collected all garbage.
 */
process.on('message', () => {
  globalThis.gc?.()
  process.send?.(process.memoryUsage().heapUsed)
})
process.channel?.unref()
