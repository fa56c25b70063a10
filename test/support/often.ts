import process from 'node:process'

/**
 * How often a test does what it is about: enough to meet a fault that shows itself each time, or, with `npm test -- --thorough`, to
 * meet one that is rare.
 */
export const often = (usual: number, thorough: number): number =>
  process.env.TESTS_ARE_THOROUGH === '1' ? thorough : usual
