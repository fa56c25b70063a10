import { writeFile } from 'node:fs/promises'
import { seedJsonSchema } from '../src/config/seed/json-schema.js'

/** Writes the JSON Schema of seed files, for editors, from the shapes that the loader checks. */
await writeFile(
  new URL('../fixtures/seed.schema.json', import.meta.url),
  `${JSON.stringify(seedJsonSchema(), null, 2)}\n`,
)
