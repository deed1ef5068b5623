import { style } from '../../output/style.js'
import { formatDuration } from '../../output/units.js'
import type { Context } from '../context.js'

/** One of the calls of `--repeat`. */
export interface RepeatedCall {
  readonly exitCode: number
  readonly elapsedMs: number
}

/** `5 calls: 4 ok, 1 failed; fastest 3 ms, median 4 ms, slowest 9 ms` */
export function sayRepeated({ err, quiet }: Context, calls: readonly RepeatedCall[]): void {
  if (quiet) return
  const failed = calls.filter(({ exitCode }) => exitCode !== 0).length
  const times = calls.map(({ elapsedMs }) => elapsedMs).sort((a, b) => a - b)
  const at = (share: number) => formatDuration(times[Math.round((times.length - 1) * share)] ?? 0)
  const result = failed === 0 ? style.green('all ok') : `${calls.length - failed} ok, ${style.red(`${failed} failed`)}`
  err.line(`${calls.length} calls: ${result}; fastest ${at(0)}, median ${at(0.5)}, slowest ${at(1)}`)
}

/** Exit code of several calls: that of the worst. */
export function worstExit(codes: readonly number[]): number {
  return Math.max(0, ...codes)
}
