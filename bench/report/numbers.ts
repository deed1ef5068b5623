import type { Spread } from '../harness/stats.js'

/** About three digits that count: `12,345`, `123`, `12.3`, `1.23`, `0.12`; a whole number as it is. */
export function number(value: number): string {
  const digits = Number.isInteger(value) ? 0 : Math.abs(value) >= 99.95 ? 0 : Math.abs(value) >= 9.995 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** `12.3 (11.9…12.8)`: the median, and the lowest and highest of all; of a single value nothing but itself. */
export function withSpread(spread: Spread): string {
  return spreadText(spread, number)
}

/** `1.15 (1.10…1.21)`: a ratio always has two decimals. */
export function ratio(spread: Spread): string {
  return spreadText(spread, (value) => value.toFixed(2))
}

function spreadText({ median, low, high, count }: Spread, write: (value: number) => string): string {
  return count === 1 ? write(median) : `${write(median)} (${write(low)}…${write(high)})`
}
