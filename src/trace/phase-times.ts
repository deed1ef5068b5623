import type { Phase } from './events.js'

/** In which they follow each other. */
export const phaseOrder = [
  'queued',
  'dns',
  'connect',
  'tls',
  'send',
  'wait',
  'receive',
] as const satisfies readonly Phase[]

const didNotHappen = -1

/** Milliseconds to hundredths: what is finer is noise, and long to write. */
export function rounded(ms: number): number {
  return Math.round(ms * 100) / 100
}

/**
 * Milliseconds as whole hundredths, -1 for what did not happen: whole numbers are written and read several times faster than others,
 * and V8 keeps them inside the object that has them.
 */
export function hundredths(ms: number | undefined): number {
  return ms === undefined ? didNotHappen : Math.round(ms * 100)
}

/** The phases that happened, in milliseconds, of their times in the order of `phaseOrder`. @param from where these begin */
export function readPhases(times: readonly unknown[], from = 0): Partial<Record<Phase, number>> {
  const phases: Partial<Record<Phase, number>> = {}
  let at = from
  for (const phase of phaseOrder) {
    const time = times[at++] as number
    if (time !== didNotHappen) phases[phase] = time / 100
  }
  return phases
}
