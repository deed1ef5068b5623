import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { cpuOf, parseMemory, parseStat, treeOf } from '../../bench/harness/proc.js'
import { readCpuMs, readTreeState } from '../../bench/harness/process-tree.js'

/** There is no /proc elsewhere. */
const onLinux = test.runIf(process.platform === 'linux')

const line = (pid: number, name: string, { state = 'S', parent = 1, session = pid, times = [7, 3, 20, 5] } = {}) =>
  `${pid} (${name}) ${state} ${parent} ${pid} ${session} 0 -1 4194560 100 0 0 0 ${times.join(' ')} 20 0 11 0 5000 1000000 2000`

const stat = (pid: number, parent: number, session: number) => parseStat(line(pid, 'node', { parent, session }))

test('the fields of a process are counted from the end of its name, which may hold anything', () => {
  for (const name of ['node', 'a b', 'x) S 1 (y', ')']) {
    expect(parseStat(line(42, name, { parent: 40, session: 40 }))).toEqual({
      pid: 42,
      parent: 40,
      session: 40,
      isZombie: false,
      ownCpuMs: 100,
      waitedCpuMs: 250,
    })
  }
})

test('a process that has ended and was not waited for is told apart', () => {
  expect(parseStat(line(1, 'node', { state: 'Z' })).isZombie).toBe(true)
})

test('what is no stat of a process is an error', () => {
  expect(() => parseStat('')).toThrow('This is no /proc/<pid>/stat')
  expect(() => parseStat('1 (node) S 1')).toThrow('This is no /proc/<pid>/stat')
})

test('memory is read in megabytes', () => {
  const text =
    '55d-7ffe ---p 00000000 00:00 0 [rollup]\nRss:             51200 kB\nPss:             2560 kB\nPss_Dirty:  1 kB\n'
  expect(parseMemory(text)).toEqual({ residentMb: 50, proportionalMb: 2.5 })
  expect(() => parseMemory('Rss: 1 kB\n')).toThrow('has no "Pss"')
})

test('a tree is a process, its descendants in any order, and orphans of its session', () => {
  const all = [
    stat(13, 12, 10),
    stat(12, 11, 10),
    stat(1, 0, 1),
    stat(11, 10, 11),
    stat(10, 1, 10),
    stat(14, 1, 10),
    stat(20, 1, 20),
  ]
  expect(
    treeOf(10, all)
      .map(({ pid }) => pid)
      .sort(),
  ).toEqual([10, 11, 12, 13, 14])
  expect(treeOf(99, all)).toEqual([])
})

test('the CPU time of a tree includes children that have ended', () => {
  expect(cpuOf([stat(1, 0, 1), stat(2, 1, 1)])).toBe(2 * (100 + 250))
})

onLinux(
  'the CPU time of a real tree is that which its processes report of themselves, short-lived ones included',
  async () => {
    const burn = (ms: number) => `const end = Date.now() + ${ms}; while (Date.now() < end);`
    const tell = `(process.cpuUsage().user + process.cpuUsage().system) / 1000`
    const child = run(`
    const { execFileSync } = require('node:child_process')
    ${burn(100)}
    const ended = Number(execFileSync(process.execPath, ['-e', ${JSON.stringify(`${burn(200)} console.log(${tell})`)}]).toString())
    console.log(ended + ${tell})
    setInterval(() => {}, 1000)`)
    const reported = Number(await firstLine(child))
    const measured = readCpuMs(child.pid ?? 0)
    expect(reported).toBeGreaterThan(50)
    // Each process takes some time for its end, which it cannot report, and the clock of the kernel moves in steps of 10 ms.
    expect(measured).toBeGreaterThan(reported - 25)
    expect(measured).toBeLessThan(reported + 150)
  },
)

onLinux(
  'the state of a real tree counts its processes and their descriptors, and tells main and children apart',
  async () => {
    const child = run(`
    const { spawn } = require('node:child_process')
    const inner = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'])
    inner.stdout.once('data', () => console.log('ready'))`)
    await firstLine(child)
    const state = readTreeState(child.pid ?? 0)
    expect(state.processes).toBe(2)
    expect(state.descriptors).toBeGreaterThan(20)
    expect(state.main.residentMb).toBeGreaterThan(10)
    expect(state.children.residentMb).toBeGreaterThan(10)
    expect(state.total.residentMb).toBeCloseTo(state.main.residentMb + state.children.residentMb)
    expect(state.total.proportionalMb).toBeLessThan(state.total.residentMb)
  },
)

function run(script: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  const { pid } = child
  if (pid !== undefined) onTestFinished(() => void process.kill(-pid, 'SIGKILL'))
  return child
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error('The output is not read')
  const [text] = (await once(createInterface({ input: stdout }), 'line')) as [string]
  return text
}
