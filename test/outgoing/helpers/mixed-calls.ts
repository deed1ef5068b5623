import { readdirSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createLogger } from '../../../src/log.js'
import { OutgoingError } from '../../../src/outgoing/errors.js'
import { Outgoing } from '../../../src/outgoing/outgoing.js'
import { createRedactor } from '../../../src/redact.js'
import { type RawRequest, type RawUpstream, startRawUpstream } from '../../helpers/upstream.js'
import { type Fault, faults, head } from './faults.js'
import { cid, define } from './open-outgoing.js'

/** What a process holds when nothing is under way. */
export interface Holdings {
  readonly descriptors: number
  /** Of the heap, and beside it. */
  readonly megabytes: number
}

export interface MixedResult {
  readonly calls: number
  readonly good: number
  /** How often each code came. */
  readonly codes: Readonly<Record<string, number>>
  /** Calls that ended otherwise than they should, in words; the first few. */
  readonly wrong: readonly string[]
  readonly unhandled: readonly unknown[]
  /** When everything had been called some times, in the middle, at the end. */
  readonly holdings: readonly [Holdings, Holdings, Holdings]
}

export interface MixedOptions {
  readonly calls: number
  /** Of how many calls one meets a fault. */
  readonly faultyOneIn: number
  readonly onProgress?: ((calls: number) => void) | undefined
}

const atOnce = 64
/** Faults that take their whole deadline would make a long run of a short one. */
const shortTimeout = 0.05

/** Makes calls, good ones and those that meet each fault in turn, through one set of connections, as a service does. */
export async function runMixedCalls({ calls, faultyOneIn, onProgress }: MixedOptions): Promise<MixedResult> {
  const upstream = await startFaultyUpstream()
  const outgoing = openConnections(upstream.url)
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  const tally = new Tally()
  const run = async (until: number) => {
    await runUntil(until, { outgoing, tally, faultyOneIn, onProgress })
    return holdings()
  }
  try {
    const warm = await run(Math.min(calls / 4, faults.length * faultyOneIn * 3))
    const half = await run(calls / 2)
    const all = await run(calls)
    return { ...tally.result(), unhandled, holdings: [warm, half, all] }
  } finally {
    await outgoing.close()
    await upstream.close()
    process.off('unhandledRejection', note)
  }
}

/** Answers `/good`, and does wrong at `/<index of a fault>`. */
function startFaultyUpstream(): Promise<RawUpstream> {
  const good = `${head('Content-Type: application/json', 'Content-Length: 13')}{"good":true}`
  const serve = ({ socket, text }: RawRequest) => {
    const [, path = ''] = /^\w+ \/(\w+)/.exec(text) ?? []
    if (path === 'good') socket.write(good)
    else faults[Number(path)]?.serve(socket)
  }
  return startRawUpstream(serve, { remembers: false })
}

/** One connection a fault, because each has limits of its own, and a good one. */
function openConnections(host: string): Outgoing {
  const ofFault = ({ timeout, maxResponseSize }: Fault, index: number) =>
    define({
      name: String(index),
      host,
      urlPath: `/${index}`,
      // A fault that is no silence must not be hidden by the deadline, however busy the machine is.
      timeout: timeout === undefined ? 60 : shortTimeout,
      ...(maxResponseSize !== undefined && { maxResponseSize }),
    })
  return new Outgoing({
    project: { outgoingRest: [define({ name: 'good', host, urlPath: '/good' }), ...faults.map(ofFault)], security: [] },
    redactor: createRedactor(['a secret that nobody tells']),
    log: createLogger(() => undefined),
  })
}

interface Running extends Omit<MixedOptions, 'calls'> {
  readonly outgoing: Outgoing
  readonly tally: Tally
}

async function runUntil(until: number, { outgoing, tally, faultyOneIn, onProgress }: Running): Promise<void> {
  const next = async () => {
    while (tally.started < until) {
      const number = tally.started
      tally.started += 1
      if (number % 10_000 === 0) onProgress?.(number)
      const index = (number / faultyOneIn) % faults.length
      if (number % faultyOneIn === 0) await meet(index, outgoing, tally)
      else await succeed(outgoing, tally)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, next))
}

async function succeed(outgoing: Outgoing, tally: Tally): Promise<void> {
  try {
    const { data } = await outgoing.connection('good', {}).get(cid)
    if ((data as { good?: unknown }).good === true) tally.good += 1
    else tally.wrong.push(`A good call got ${JSON.stringify(data)}`)
  } catch (error) {
    tally.wrong.push(`A good call: ${String(error)}`)
  }
}

async function meet(index: number, outgoing: Outgoing, tally: Tally): Promise<void> {
  const { fault, code, phase, method = 'GET' } = faults[index] as Fault
  try {
    await outgoing.connection(String(index), {}).request(cid, { method })
    tally.wrong.push(`${fault}: it did not fail`)
  } catch (error) {
    if (!(error instanceof OutgoingError)) throw error
    tally.codes[error.code] = (tally.codes[error.code] ?? 0) + 1
    // A deadline of 50 ms may also be over before the reply has begun, or a socket was there.
    const isAsTold = error.code === code && (code === 'ZN201' || error.phase === phase)
    if (!isAsTold) tally.wrong.push(`${fault}: ${error.code} in ${error.phase ?? ''}: ${error.message}`)
  }
}

class Tally {
  started = 0
  good = 0
  readonly codes: Record<string, number> = {}
  readonly wrong: string[] = []

  result() {
    return { calls: this.started, good: this.good, codes: this.codes, wrong: this.wrong.slice(0, 20) }
  }
}

const mostLooks = 100

/** Waits until sockets that are being closed are closed, and what can be collected is. */
async function holdings(): Promise<Holdings> {
  let last = look()
  for (let looks = 0, same = 0; looks < mostLooks && same < 5; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20))
    const now = look()
    same = now.descriptors === last.descriptors ? same + 1 : 0
    last = now
  }
  return last
}

function look(): Holdings {
  collectGarbage()
  const { heapUsed, external, arrayBuffers } = process.memoryUsage()
  return {
    descriptors: readdirSync('/proc/self/fd').length,
    megabytes: (heapUsed + Math.max(external, arrayBuffers)) / 1024 / 1024,
  }
}

function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
}
