import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { serve } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from '../runtime/until.js'

/** Keys of each type of event, as docs/serve-events.md describes them. */
const documented = new Map(
  readFileSync(new URL('../../docs/serve-events.md', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split(' | '))
    .flatMap(([type, when, keys]): [string, string[]][] =>
      when === undefined || keys === undefined || !type?.startsWith('| `')
        ? []
        : [[type.replace(/[|` ]/g, ''), [...keys.matchAll(/`(\w+)`/g)].map(([, key = '']) => key)]],
    ),
)

test('every event, and every key of it, is documented', async () => {
  const root = await temporaryProject({
    'zato.yaml': `
outgoing_rest:
  - { name: Nobody, host: 'http://127.0.0.1:1', health_check_run_every: 0.1, health_check_run_unit: seconds }
channel_rest:
  - { name: Call, url_path: /call, service: call }
  - { name: Bad, url_path: /bad, service: bad }
`,
    'services/call.ts': `
import { Service } from 'zato-ts'
export class Call extends Service {
  static override readonly name = 'call'
  async handle() { this.logger.info('calling', { who: 'Nobody' }); return (await this.out.rest['Nobody'].conn.get(this.cid)).data }
}
export class Bad extends Service {
  static override readonly name = 'bad'
  handle() { process.exit(3) }
}`,
  })
  const server = await serve(root)
  const has = (type: string) => server.events().some((event) => event.type === type)
  const other = await serve(root)
  await until(() => other.events().some(({ type }) => type === 'other') && has('dashboard'))
  await fetch(`${server.url}call`)
  await fetch(`${server.url}bad`)
  await until(() => has('died') && has('health') && has('request') && has('log'), 10_000)
  await writeFile(join(root, 'services/broken.ts'), 'export class {')
  await until(() => has('problems'), 10_000)
  await writeFile(join(root, 'services/broken.ts'), '')
  await until(() => has('recovered'), 10_000)
  expect([await server.stop(), await other.stop()]).toEqual([0, 0])

  const events = [...server.events(), ...other.events()]
  for (const { v, time, type, ...keys } of events) {
    expect(v).toBe(1)
    expect(time).toBeTypeOf('number')
    const known = documented.get(type as string)
    expect(known, `no row for "${String(type)}"`).toBeDefined()
    expect(known).toEqual(expect.arrayContaining(Object.keys(keys)))
  }
  const types = new Set(events.map(({ type }) => type))
  expect([...types].sort()).toEqual(
    [
      'call',
      'dashboard',
      'died',
      'health',
      'log',
      'other',
      'problems',
      'ready',
      'recovered',
      'reloaded',
      'reloading',
      'request',
      'stopped',
    ].sort(),
  )
})
