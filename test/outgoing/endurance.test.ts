import { expect, test } from 'vitest'
import { runMixedCalls } from './helpers/mixed-calls.js'

/** `npm run soak` makes a million of them. */
test.runIf(process.platform === 'linux')(
  '20,000 calls, one in eight of which meets a fault, leave neither memory, nor descriptors, nor rejections behind',
  { timeout: 120_000 },
  async () => {
    const result = await runMixedCalls({ calls: 20_000, faultyOneIn: 8 })
    const [warm, half, all] = result.holdings
    expect(result.wrong).toEqual([])
    expect(result.unhandled).toEqual([])
    expect([result.calls, result.good]).toEqual([20_000, 17_500])
    expect(all.descriptors - warm.descriptors).toBeLessThanOrEqual(5)
    expect(Math.max(all.megabytes - half.megabytes, all.megabytes - warm.megabytes)).toBeLessThan(3)
  },
)
