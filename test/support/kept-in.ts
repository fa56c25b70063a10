import type { Test } from 'tap'

/** Where the Rockpools of a test file keep their state: in memory, unless another file runs the same tests on a disk. */
export const keptIn: { place: 'memory' | 'sqlite' } = { place: 'memory' }

/** The options that keep the state of a test's Rockpool there. */
export const inItsPlace = (t: Test): { readonly dataDir?: string } =>
  keptIn.place === 'sqlite' ? { dataDir: t.testdir({}) } : {}
