import { formatDuration } from '../../../output/units.js'

/** Numbers, sizes and times as they are shown; each has its unit. */

/** @example duration(1240) // '1.24 s' */
export function duration(ms: number | undefined): string {
  return ms === undefined ? '–' : formatDuration(ms)
}

export { formatSize as size } from '../../../output/units.js'

/** Local, with milliseconds. @example clock(Date.now()) // '10:42:07.310' */
export function clock(at: number): string {
  const date = new Date(at)
  const two = (value: number) => String(value).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

/** @example ago(Date.now() - 90_000, Date.now()) // '1 min ago' */
export function ago(at: number, now: number): string {
  const seconds = Math.max(0, Math.round((now - at) / 1000))
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}

/** @example count(1, 'trace') // '1 trace' */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? noun : plural}`
}

/** The part of a correlation id that is shown. */
export function shortCid(cid: string): string {
  return cid.slice(0, 8)
}

/** @example placeOf({ file: 'services/orders.ts', line: 5 }) // 'services/orders.ts:5' */
export function placeOf({ file, line }: { readonly file: string; readonly line?: number | undefined }): string {
  return line === undefined ? file : `${file}:${line}`
}
