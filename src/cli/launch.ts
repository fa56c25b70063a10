#!/usr/bin/env node
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileCache } from '../config/cache-folder.js'
import { compiled } from './code-cache.js'

/** The command as it is published: runs the bundle of `main.ts`, which lies beside this file, with a code cache. */

/** Milliseconds after which a start is over: then there is time to keep the code. */
const settled = 2000

const { isFromCache, run, keep } = compiled(
  join(fileURLToPath(new URL('.', import.meta.url)), 'rockpool.cjs'),
  compileCache('code', process.env),
)
run()
if (!isFromCache) setTimeout(keep, settled).unref()
