/**
 * Takes errors of this process that nobody caught, rejections included, in place of Node, which would end it.
 *
 * @returns leaves them to Node again
 */
export function onUncaught(listener: (error: unknown) => void): () => void {
  process.on('uncaughtException', listener)
  return () => process.off('uncaughtException', listener)
}
