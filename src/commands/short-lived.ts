import { versions } from 'node:process'
import { setFlagsFromString } from 'node:v8'

/**
 * For a command that receives a few replies and ends. The first of them makes Node 20 optimize undici's parser, which takes
 * 100 ms on another thread, and the end of the process waits for it. From now on that takes a hundred replies; later versions
 * of Node see by themselves that it is not worth it.
 */
export function expectFewReplies(): void {
  if (versions.node.startsWith('20.')) setFlagsFromString('--wasm-tiering-budget=180000000')
}
