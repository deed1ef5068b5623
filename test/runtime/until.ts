import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until `check` gives something truthy, and gives that; fails after `ms`. */
export async function until<T>(
  check: () => T | Promise<T>,
  ms = 15_000,
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + ms
  for (;;) {
    const value = await check()
    if (value) return value as Exclude<T, false | null | undefined>
    if (performance.now() > deadline) throw new Error(`It did not happen within ${ms} ms: ${check.toString()}`)
    await sleep(5)
  }
}

/** Looks for `ms` whether `check` gives something truthy, which it must not; fails as soon as it does. */
export async function never(check: () => unknown, ms: number): Promise<void> {
  const end = performance.now() + ms
  while (performance.now() < end) {
    if (await check()) throw new Error(`It happened: ${check.toString()}`)
    await sleep(5)
  }
}
