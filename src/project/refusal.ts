import type { Refusable } from './schema.js'

/** What to do about an item that refuses to work, if something is known. */
export function refusalHint({ code, advice }: NonNullable<Refusable['refusal']>): string | undefined {
  if (code === 'missing-variable') return 'set it in the environment or in .env, beside zato.yaml'
  return code === 'inactive-security' ? 'is_active: true makes it work' : advice
}
