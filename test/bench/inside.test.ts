import { execFileSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { bundleInside } from '../../bench/harness/inside.js'
import { scaleFile } from '../../bench/parts/scale-project.js'
import { temporaryProject } from '../helpers/temporary-project.js'

async function run(name: string, size: number): Promise<Record<string, number>> {
  const folder = await temporaryProject({ 'zato.yaml': scaleFile(size) })
  const program = await bundleInside(name)
  onTestFinished(() => rm(dirname(program), { recursive: true, force: true }))
  const env = { ...process.env, UPSTREAM: 'http://127.0.0.1:9' }
  const output = execFileSync(process.execPath, [program, join(folder, 'zato.yaml')], { env })
  return JSON.parse(output.toString()) as Record<string, number>
}

test('a generated project has as many channels and connections as it is asked for, and one for the version', async () => {
  const { ms, channels, connections } = await run('read-project', 25)
  expect({ channels, connections }).toEqual({ channels: 26, connections: 25 })
  expect(ms).toBeGreaterThan(0)
})

test('every channel of a generated project is found by its path', async () => {
  const { buildMs, searchNs } = await run('route', 25)
  expect(buildMs).toBeGreaterThan(0)
  expect(searchNs).toBeGreaterThan(0)
})
