import childProcess from 'node:child_process'
import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'

/** What a service may call that does not return, or not for long, and that no debugger can look into. */

interface Watchers {
  /** It is about to happen: nothing may come after it. */
  readonly onEnter: (what: string) => void
  /** It came back. */
  readonly onReturn: () => void
}

type AnyFunction = (...args: never[]) => unknown

/** Such as a module, or `process`. */
type Holder = object

/** Signals that end this process, unlike those that it leaves to the main process. */
const isDeadly = (signal: unknown) =>
  signal !== 0 && !['SIGINT', 'SIGTERM', 'SIGHUP', undefined].includes(signal as string | undefined)

/** From now on tells of each such call of this process, `node`, before it is made. */
export function watchPointsOfNoReturn(node: NodeJS.Process, watchers: Watchers): void {
  const { onEnter, onReturn } = watchers
  proxied(node, 'abort', (abort, self, args) => {
    onEnter('process.abort')
    return Reflect.apply(abort, self, args)
  })
  proxied(node, 'kill', (kill, self, args) => {
    const [pid, signal] = args as unknown[]
    if (pid !== node.pid || !isDeadly(signal)) return Reflect.apply(kill, self, args)
    onEnter('process.kill')
    const result: unknown = Reflect.apply(kill, self, args)
    onReturn()
    return result
  })
  watchEach(childProcess, ['execSync', 'execFileSync', 'spawnSync'], watchers)
  watchEach(crypto, ['pbkdf2Sync', 'scryptSync', 'generateKeyPairSync', 'generatePrimeSync'], watchers)
  syncBuiltinESMExports()
}

function watchEach<M extends Holder>(module: M, names: readonly (keyof M & string)[], watchers: Watchers): void {
  for (const name of names) {
    proxied(module, name, (target, self, args) => {
      watchers.onEnter(name)
      try {
        return Reflect.apply(target, self, args)
      } finally {
        watchers.onReturn()
      }
    })
  }
}

/** A proxy, so that whatever else the function has stays as it is. */
function proxied<H extends Holder>(
  holder: H,
  name: keyof H & string,
  call: (target: AnyFunction, self: unknown, args: never[]) => unknown,
): void {
  holder[name] = new Proxy(holder[name] as AnyFunction, { apply: call }) as H[typeof name]
}
