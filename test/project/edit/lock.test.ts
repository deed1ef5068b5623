import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from '../../../src/project/edit/lock.js'

let dir: string
let file: string
let lock: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'))
  file = join(dir, 'zato.yaml')
  lock = join(dir, '.zato.yaml.lock')
})
afterEach(() => rm(dir, { recursive: true }))

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await once(child, 'exit')
  return child.pid ?? 0
}

const done = () => Promise.resolve('done')

test('the lock says who holds it, and is gone afterwards, also after a failure', async () => {
  await withLock({ file }, async () => {
    expect(await readFile(lock, 'utf8')).toMatch(new RegExp(`^${process.pid} ${hostname()} [0-9a-f-]+\n$`))
  })
  await expect(withLock({ file }, () => Promise.reject(new Error('task')))).rejects.toThrow('task')
  expect(await readdir(dir)).toEqual([])
})

test('tasks run one after the other', async () => {
  let running = 0
  const most: number[] = []
  const task = async () => {
    most.push(++running)
    await readdir(dir)
    running--
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock({ file, patience: 10_000 }, task)))
  expect(Math.max(...most)).toBe(1)
})

test('a lock that a dead process left is taken over, by one of many at a time', async () => {
  await writeFile(lock, `${await deadProcess()} ${hostname()} id\n`)
  let running = 0
  const most: number[] = []
  const task = async () => {
    most.push(++running)
    await readdir(dir)
    running--
  }
  await Promise.all(Array.from({ length: 10 }, () => withLock({ file, patience: 10_000 }, task)))
  expect(most).toEqual(Array(10).fill(1))
  expect(await readdir(dir)).toEqual([])
})

test('a lock whose maker was killed over it, or during a take-over, is taken over too', async () => {
  await writeFile(lock, '')
  await writeFile(`${lock}.stale`, `${await deadProcess()} ${hostname()} id\n`)
  const longAgo = new Date(Date.now() - 2_000)
  await utimes(lock, longAgo, longAgo)
  expect(await withLock({ file }, done)).toBe('done')
  expect(await readdir(dir)).toEqual([])
})

test('a lock of another machine is left alone, until it is too old to be true', async () => {
  await writeFile(lock, '1 elsewhere id\n')
  await expect(withLock({ file, patience: 50 }, done)).rejects.toMatchObject({
    code: 'ZU005',
    message: `"${file}" is being edited by process 1`,
    hint: `try again; its lock is "${lock}"`,
  })
  const longAgo = new Date(Date.now() - 60_000)
  await utimes(lock, longAgo, longAgo)
  expect(await withLock({ file, patience: 50 }, done)).toBe('done')
})

test('a lock that cannot be made is an error of its file', async () => {
  const nowhere = join(dir, 'absent', 'zato.yaml')
  await expect(withLock({ file: nowhere }, done)).rejects.toMatchObject({ code: 'ZU007' })
})
