import { env } from 'node:process'

/**
 * Makes `values` the environment of this process; with `replace` there is nothing else in it.
 *
 * @returns puts back what was there before
 */
export function applyEnvironment(values: Readonly<Record<string, string>>, { replace = false } = {}): () => void {
  const before = { ...env }
  if (replace) removeOthers(values)
  // Assigning TZ makes Node read the time zone anew, so only what differs is assigned.
  for (const [name, value] of Object.entries(values)) if (before[name] !== value) env[name] = value
  return () => {
    removeOthers(before)
    Object.assign(env, before)
  }
}

function removeOthers(values: Readonly<Record<string, string | undefined>>): void {
  for (const name of Object.keys(env)) if (!(name in values)) Reflect.deleteProperty(env, name)
}

/** What a running process has read once and for all, or may have: a change of it needs a new process. */
const readAtStart = /^(NODE_(?!ENV$)|UV_|SSL_|OPENSSL_|LD_|DYLD_|LC_)|^(TZ|LANG|ICU_DATA)$/

/** Two environments with one signature can be exchanged within a running process. */
export function startSignature(environment: Readonly<Record<string, string>>): string {
  return JSON.stringify(
    Object.entries(environment)
      .filter(([name]) => readAtStart.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}
