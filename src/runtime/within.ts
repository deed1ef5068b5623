/** Resolves once `promise` has, or after `ms`, whichever is first; tells whether the promise did. */
export async function within(ms: number, promise: Promise<unknown>): Promise<boolean> {
  return (
    (await valueWithin(
      ms,
      promise.then(() => true),
    )) ?? false
  )
}

/** What `promise` resolves to, or undefined after `ms`. */
export async function valueWithin<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
