import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { Gate } from '../../src/runtime/gate.js'
import { ProblemReport } from '../../src/runtime/problem-report.js'
import { ProjectSource } from '../../src/runtime/project-source.js'
import { Reloader } from '../../src/runtime/reloader.js'
import { plainFolder, temporaryFolder, write } from './files.js'
import { channels, service } from './serving.js'
import { until } from './until.js'

/** A reloader that is told of changes by the test alone, and what it has served, in order. */
async function reloaderOf(files: Readonly<Record<string, string>>) {
  const root = await temporaryFolder(files)
  const source = new ProjectSource({ file: join(root, 'zato.yaml'), env: {} }, { scratch: await plainFolder() })
  const served: string[] = []
  const reloader = new Reloader({
    source,
    generations: {
      load: () => ({
        begun: Promise.resolve(),
        result: Promise.resolve({ services: [], problems: [] }),
        cancel: () => undefined,
      }),
      adopt: () => undefined,
      discard: () => Promise.resolve(),
      prepare: () => undefined,
      age: 0,
      run: undefined,
    },
    gate: new Gate(1000),
    report: new ProblemReport(() => undefined),
    onEvent: () => undefined,
    onServed: ({ buildable }) => served.push(Buffer.from(buildable.build.bundle.code).toString()),
    onSettled: () => Promise.resolve(),
    onBackOff: () => undefined,
    onError: (error) => {
      throw error
    },
    isPatient: false,
  })
  onTestFinished(async () => {
    await reloader.close()
    await source.close()
  })
  await reloader.start()
  return { reloader, served, at: (path: string) => join(root, path) }
}

const version = (n: number) => service('a', `return 'version ${n}'`)

test('a save that nobody tells of is found, even if another file is saved meanwhile', async () => {
  const { reloader, served, at } = await reloaderOf({ 'zato.yaml': channels('a'), 'services/a.ts': version(1) })
  await write(at('services/a.ts'), version(2))
  await reloader.notice(at('services/a.ts'))
  // The watcher tells of one of two saves within a few milliseconds.
  await write(at('services/a.ts'), version(3))
  await write(at('zato.yaml'), `# A comment\n${channels('a')}`)
  await reloader.notice(at('zato.yaml'))
  await until(() => served.at(-1)?.includes('version 3'))
  expect(served.map((code) => /version \d/.exec(code)?.[0])).toEqual(['version 1', 'version 2', 'version 3'])
})
