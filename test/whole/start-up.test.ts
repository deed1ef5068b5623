import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { binary } from '../helpers/serve.js'
import { type Upstream, startUpstream } from '../helpers/upstream.js'

let folder: string
let upstream: Upstream

beforeAll(async () => {
  upstream = await startUpstream()
  folder = await mkdtemp(join(tmpdir(), 'zato-ts-start-up-'))
  await writeFile(join(folder, 'zato.yaml'), `outgoing_rest:\n  - { name: A, host: '${upstream.url}', url_path: /a }\n`)
  await writeFile(join(folder, 'fetch.mjs'), `console.log(await (await fetch('${upstream.url}/a')).json())\n`)
})

afterAll(async () => {
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

/** Runs Node to its end; resolves to the milliseconds of processor time that it took, all its threads together. */
async function cpuMs(...args: readonly string[]): Promise<number> {
  const child = spawn('bash', ['-c', '"$@" >&2 && times', 'bash', process.execPath, ...args], {
    cwd: folder,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [times] = await Promise.all([text(child.stdout), once(child, 'exit')])
  // The second line is that of the children: user and system.
  const [, user, system] = /\n(\S+) (\S+)/.exec(times) ?? []
  return milliseconds(user) + milliseconds(system)
}

/** `0m0.071s` → 71 */
function milliseconds(time = ''): number {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(time) ?? []
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

/** How many times the processor time of another command line this one takes: of each the best of several runs, in turns. */
async function ratio(ours: readonly string[], theirs: readonly string[]): Promise<number> {
  let [best, other] = [Infinity, Infinity]
  for (let round = 0; round < 6; round++) {
    other = Math.min(other, await cpuMs(...theirs))
    best = Math.min(best, await cpuMs(...ours))
  }
  return best / other
}

test('--version takes hardly more than Node itself', async () => {
  expect(await ratio([binary, '--version'], ['-e', '0'])).toBeLessThan(1.25)
})

test('a call takes hardly more than a script with one fetch', async () => {
  expect(await ratio([binary, 'call', 'A'], ['fetch.mjs'])).toBeLessThan(1.25)
})

test('completion takes less than a script with one fetch', async () => {
  expect(await ratio([binary, '__complete', '--', 'call', ''], ['fetch.mjs'])).toBeLessThan(1)
})

test('a call over http loads neither TLS, nor HTTP/2, nor the fetch of Node', async () => {
  const report = join(folder, 'modules.json')
  const write = `process.on('exit', () => require('fs').writeFileSync(${JSON.stringify(report)}, JSON.stringify(process.moduleLoadList)))`
  await writeFile(join(folder, 'probe.cjs'), write)
  await cpuMs('--require', join(folder, 'probe.cjs'), binary, 'call', 'A')
  const loaded = JSON.parse(await readFile(report, 'utf8')) as readonly string[]
  expect(loaded).toContain('NativeModule http')
  expect(loaded.filter((name) => /undici|http2|\btls\b|https/.test(name))).toEqual([])
})
