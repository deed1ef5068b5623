/** What many measurements say in short: the middle one, and how far the others lie from it. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly count: number
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The value that this share of all is not above, interpolated between its neighbours. */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('There are no values')
  const sorted = [...values].sort((a, b) => a - b)
  const position = (sorted.length - 1) * share
  const below = sorted[Math.floor(position)] ?? Number.NaN
  const above = sorted[Math.ceil(position)] ?? Number.NaN
  return below + (above - below) * (position - Math.floor(position))
}

export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There are no values')
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    low: Math.min(...values),
    high: Math.max(...values),
    count: values.length,
  }
}

/**
 * How many times as large the first are as the second, taken round by round: two measurements of one round share what the
 * machine was doing then, so their ratio moves less than either.
 */
export function ratioOf(values: readonly number[], others: readonly number[]): Spread {
  if (values.length !== others.length) throw new RangeError('Ratios are taken of rounds of one length')
  return spreadOf(values.map((value, index) => value / (others[index] ?? Number.NaN)))
}
