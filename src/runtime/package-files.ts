import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

/**
 * Files of the running package. They are found through its own package.json, so that they are the built ones also when
 * this code runs from its TypeScript, as in a test.
 */
const require = createRequire(import.meta.url)

/** The address of what `zato-ts` or `zato-ts/…` names, or undefined if the package exports nothing of that name. */
export function publicEntry(specifier: string): string | undefined {
  try {
    return pathToFileURL(require.resolve(specifier)).href
  } catch {
    return undefined
  }
}

/** Path of a built file of the runtime, which other processes and threads start with. */
export function runtimeFile(name: string): string {
  return require.resolve(`../../dist/runtime/${name}`)
}
