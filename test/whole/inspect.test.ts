import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { SourceMap, type SourceMapPayload } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { WebSocket } from 'undici'
import { expect, onTestFinished, test } from 'vitest'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from '../runtime/until.js'

/** As much of a debugger as it takes to stop on a line of TypeScript. */
class Debugger {
  readonly #socket: WebSocket
  readonly #events: { method: string; params: Record<string, unknown> }[] = []
  readonly #replies = new Map<number, (result: Record<string, unknown>) => void>()
  #lastId = 0

  /** Connects to whatever process has the port now. */
  static async attach(port: number): Promise<Debugger> {
    const socket = new WebSocket((await targetOf(port)).webSocketDebuggerUrl)
    onTestFinished(() => socket.close())
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    const attached = new Debugger(socket)
    await attached.post('Debugger.enable')
    return attached
  }

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(String(data)) as { id?: number; method: string; params: never; result: never }
      if (message.id === undefined) this.#events.push(message)
      else this.#replies.get(message.id)?.(message.result)
    })
  }

  post(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#lastId
    this.#socket.send(JSON.stringify({ id, method, params }))
    return new Promise((resolve) => this.#replies.set(id, resolve))
  }

  /** Sets a breakpoint by what an editor knows: a file and a line of it. The source maps of the scripts say the rest. */
  async breakAt(file: string, line: number): Promise<void> {
    const place = await until(() => this.#generated(file, line))
    const { actualLocation } = await this.post('Debugger.setBreakpoint', { location: place })
    expect(actualLocation).toBeDefined()
  }

  /** Waits until it stops, and gives the value of `expression` there. */
  async stoppedAt(expression: string): Promise<unknown> {
    const { params } = await until(() => this.#events.find(({ method }) => method === 'Debugger.paused'))
    const [frame] = params.callFrames as { callFrameId: string }[]
    const reply = await this.post('Debugger.evaluateOnCallFrame', { callFrameId: frame?.callFrameId, expression })
    return (reply.result as { value: unknown }).value
  }

  #generated(file: string, line: number): object | undefined {
    for (const { method, params } of this.#events) {
      const { scriptId, sourceMapURL, endLine } = params as { scriptId: string; sourceMapURL: string; endLine: number }
      if (method !== 'Debugger.scriptParsed' || !sourceMapURL.startsWith('data:')) continue
      const payload = JSON.parse(Buffer.from(sourceMapURL.split(',')[1] ?? '', 'base64').toString()) as SourceMapPayload
      const sources = payload.sources.map((source) => new URL(source, payload.sourceRoot).href)
      if (!sources.includes(pathToFileURL(file).href)) continue
      const map = new SourceMap(payload)
      for (let lineNumber = 0; lineNumber < endLine; lineNumber++) {
        const entry = map.findEntry(lineNumber, 4)
        if (!('originalSource' in entry) || entry.originalLine !== line - 1) continue
        if (new URL(entry.originalSource, payload.sourceRoot).href === pathToFileURL(file).href) {
          return { scriptId, lineNumber }
        }
      }
    }
    return undefined
  }
}

interface Target {
  readonly id: string
  readonly webSocketDebuggerUrl: string
}

async function targetOf(port: number): Promise<Target> {
  const list = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as Target[]
  expect(list).toHaveLength(1)
  return list[0] as Target
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  return port
}

/** Addresses that something listens on at this port, as the kernel writes them. */
function listening(port: number): string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = ['tcp', 'tcp6'].flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').split('\n'))
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, address, , state]) => state === '0A' && address?.endsWith(`:${hex}`))
    .map(([, address = '']) => address.replace(/:.*/, ''))
}

const code = (text: string) => `import { Service } from 'zato-ts'

export class Greeting extends Service {
  static override readonly name = 'greeting'
  handle(): string {
    const text: string = ${text}
    return text.toUpperCase()
  }
}
`

test('a breakpoint in TypeScript holds, without any time limit, and holds again in the generation after a reload', async () => {
  const port = await freePort()
  const folder = await temporaryProject({
    'zato.yaml': `server: { stall_timeout: 0.3, request_timeout: 0.3 }
channel_rest:
  - { name: greeting, url_path: /, service: greeting }
`,
    'services/greeting.ts': code(`'hello'`),
  })
  const file = join(folder, 'services/greeting.ts')
  const server = await serve(folder, ['--inspect', String(port)])
  onTestFinished(async () => {
    await server.stop()
  })

  const first = await Debugger.attach(port)
  await first.breakAt(file, 7)
  const answer = fetch(server.url)
  expect(await first.stoppedAt('text')).toBe('hello')
  const stoppedAt = performance.now()
  await until(() => performance.now() - stoppedAt > 1000)
  await first.post('Debugger.resume')
  expect(await (await answer).text()).toBe('HELLO')
  if (process.platform === 'linux') expect(listening(port)).toEqual(['0100007F'])

  const { id } = await targetOf(port)
  await writeFile(file, `// One more line.\n${code(`'good morning'`)}`)
  await until(() => server.events().some(({ type }) => type === 'reloaded'))
  expect((await targetOf(port)).id).not.toBe(id)
  const second = await Debugger.attach(port)
  await second.breakAt(file, 8)
  const next = fetch(server.url)
  expect(await second.stoppedAt('text')).toBe('good morning')
  await second.post('Debugger.resume')
  expect(await (await next).text()).toBe('GOOD MORNING')
  expect(server.events().filter(({ type }) => type === 'died')).toEqual([])
})

test('a save while a service is stopped at a breakpoint is served at once, and the debugger moves when the service goes on', async () => {
  const port = await freePort()
  const folder = await temporaryProject({
    'zato.yaml': 'channel_rest: [{ name: greeting, url_path: /, service: greeting }]\n',
    'services/greeting.ts': code(`'hello'`),
  })
  const file = join(folder, 'services/greeting.ts')
  const server = await serve(folder, ['--inspect', String(port)])
  onTestFinished(async () => {
    await server.stop()
  })

  const first = await Debugger.attach(port)
  await first.breakAt(file, 7)
  const { id } = await targetOf(port)
  const old = fetch(server.url)
  expect(await first.stoppedAt('text')).toBe('hello')
  await writeFile(file, code(`'good morning'`))
  await until(() => server.events().some(({ type }) => type === 'reloaded'))
  expect(await (await fetch(server.url)).text()).toBe('GOOD MORNING')
  await first.post('Debugger.resume')
  expect(await (await old).text()).toBe('HELLO')
  await until(async () => (await targetOf(port).catch(() => ({ id }))).id !== id)
})
