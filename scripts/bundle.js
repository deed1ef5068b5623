import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { builtinsAsObjects } from './builtins.js'
import { chunkGroups } from './chunks.js'
import { licenses } from './licenses.js'
import { lighterPackages } from './lighter-packages.js'

/** What is started or imported by its file name. */
const entries = {
  cli: 'src/cli.ts',
  index: 'src/index.ts',
  testing: 'src/testing.ts',
  'runtime/child': 'src/runtime/child.ts',
  'runtime/guard': 'src/runtime/guard.ts',
  'runtime/server': 'src/runtime/server.ts',
}

/** Loaded from node_modules, when they are needed: one is a program, the other asks people. */
const external = ['esbuild', '@clack/prompts']

/**
 * Puts the modules of src/ and the packages that they import into few files, so that a command starts quickly. Nothing is
 * minified: stack traces are read by people.
 */
export async function bundle(root, folder) {
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    optimization: { inlineConst: true },
    external,
    plugins: [ownVersion(root), lighterPackages, builtinsAsObjects, licenses],
    onLog(level, log, handle) {
      // Commands that import another command, on purpose.
      if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') handle(level === 'warn' ? 'error' : level, log)
    },
  })
  await build.write({
    dir: folder,
    format: 'esm',
    chunkFileNames: 'chunks/[name].js',
    comments: { legal: true, annotation: false, jsdoc: false },
    codeSplitting: { groups: chunkGroups(root, Object.values(entries)) },
  })
  await build.close()
}

/** The version is part of the text: no file is read for it. */
function ownVersion(root) {
  return {
    name: 'own-version',
    load: {
      filter: { id: /\bsrc[\\/]version\.ts$/ },
      handler() {
        const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
        return `export const version = ${JSON.stringify(version)}`
      },
    },
  }
}
