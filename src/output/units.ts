/** A time for people: `0.4 ms`, `84 ms`, `1.24 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 10) return `${trimmed(ms, 1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  if (ms < 59_995) return `${trimmed(ms / 1000, 2)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

/** A size for people, in the units of the project file (1 KB is 1,024 bytes): `0 B`, `1.2 KB`, `3.4 MB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 999.95 * 1024) return `${trimmed(bytes / 1024, 1)} KB`
  if (bytes < 999.95 * 1024 ** 2) return `${trimmed(bytes / 1024 ** 2, 1)} MB`
  return `${trimmed(bytes / 1024 ** 3, 1)} GB`
}

/**
 * A number and its noun.
 *
 * @example count(1, 'connection') // '1 connection'
 */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** Time of day with milliseconds left out, local: `10:42:07`. */
export function formatClock(time: number): string {
  const date = new Date(time)
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}:${twoDigits(date.getSeconds())}`
}

/** The same with its day, for what is kept: `2026-11-23 10:42:07`. */
export function formatDayAndClock(time: number): string {
  const date = new Date(time)
  const day = `${date.getFullYear()}-${twoDigits(date.getMonth() + 1)}-${twoDigits(date.getDate())}`
  return `${day} ${formatClock(time)}`
}

/** A moment in the past as people name it: `10:42`, or `2026-11-22 10:42` of another day. */
export function formatMoment(time: number, now = Date.now()): string {
  const full = formatDayAndClock(time).slice(0, -3)
  const [day = '', clock = ''] = full.split(' ')
  return formatDayAndClock(now).startsWith(day) ? clock : full
}

function twoDigits(part: number): string {
  return part < 10 ? `0${part}` : String(part)
}

function trimmed(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.?0+$/, '')
}
