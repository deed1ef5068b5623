import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { displayWidth } from '../../src/output/width.js'
import { processesNaming } from '../helpers/processes.js'
import { type Pty, type PtyOptions, keys, onPty, shellOnPty } from '../helpers/pty.js'
import { binary } from '../helpers/serve.js'
import { temporaryProject } from '../helpers/temporary-project.js'
import { until } from '../runtime/until.js'

/** `script`, which makes the terminal, takes other options elsewhere. */
const onLinux = test.runIf(process.platform === 'linux')

const files = {
  'zato.yaml': `
server: { port: 0 }
outgoing_rest:
  - { name: Nobody, host: 'http://127.0.0.1:1' }
channel_rest:
  - { name: Item, url_path: '/items/{id}', service: item, method: GET }
  - { name: Call, url_path: /call, service: call }
`,
  'services/item.ts': `
import { Service } from 'zato-ts'
export class Item extends Service {
  static override readonly name = 'item'
  handle() { this.logger.debug('seen'); return this.request.http.params.id }
}`,
  'services/call.ts': `
import { Service } from 'zato-ts'
export class Call extends Service {
  static override readonly name = 'call'
  async handle() { return (await this.out.rest['Nobody'].conn.get(this.cid)).data }
}`,
}

interface Screen extends Pty {
  readonly root: string
  /** In the environment of all its processes. */
  readonly temporary: string
  get(path: string): Promise<number>
}

async function screen(options: Partial<PtyOptions> & { args?: readonly string[]; line?: string } = {}) {
  const { args = [], line, env = {}, ...others } = options
  const root = await temporaryProject(files)
  const temporary = await temporaryProject({ '.keep': '' })
  const all = { cwd: root, ...others, env: { ...env, TMPDIR: temporary } }
  const pty = line === undefined ? onPty(['serve', ...args], all) : shellOnPty(line, all)
  onTestFinished(() => processesNaming(temporary).forEach((pid) => process.kill(pid, 'SIGKILL')))
  const url = await until(() => /http:\/\/localhost:\d+\//.exec(pty.text())?.[0], 15_000)
  const serving: Screen = {
    ...pty,
    root,
    temporary,
    get: async (path) => {
      const response = await fetch(new URL(path, url))
      await response.arrayBuffer()
      return response.status
    },
  }
  return serving
}

async function leavesNothing({ temporary, root }: Screen): Promise<void> {
  await until(() => processesNaming(temporary).length === 0, 10_000)
  await until(() => readdirSync(temporary).length === 1, 10_000)
  expect(readdirSync(join(root, '.zato/servers'))).toEqual([])
}

onLinux('a terminal shows a banner, each request, problems as they come and go, and shortcuts', async () => {
  const shown = await screen()
  await until(() => shown.text().includes('press h + enter to show help'))
  expect(shown.text()).toMatch(
    /\n {2}zato-ts \d\S+ {2}\S+ {2}ready in .*\n\n {2}→ {2}Channels {2}http.* 2 routes, 2 services\n/,
  )

  for (let times = 0; times < 3; times += 1) await shown.get('items/1')
  await until(() => shown.text().includes('(x3)'))
  expect(shown.text()).toMatch(/\d\d:\d\d:\d\d ✓ 200 GET {2}\/items\/1 → item +[\d.]+ ms {2}[0-9a-f]{8} {2}\(x3\)\n/)
  await shown.get('call')
  await until(() => shown.text().includes('↳ ✕ ZN'))
  expect(shown.text()).toMatch(
    /✕ 502 GET {2}\/call → call.*\n {9}↳ ✕ ZN\d+ GET Nobody, .*: GET http:\/\/127\.0\.0\.1:1\/ failed/,
  )

  await writeFile(join(shown.root, 'services/item.ts'), 'export class {')
  await until(() => shown.text().includes('the last good version goes on serving'), 10_000)
  expect(shown.text()).toMatch(/--> services\/item.ts:1:\d+\n/)
  await writeFile(join(shown.root, 'services/item.ts'), files['services/item.ts'])
  await until(() => shown.text().includes('recovered'), 10_000)

  shown.type('x\nH\n\n')
  await until(() => shown.text().includes('r + enter  reload everything'))
  shown.type('u\n')
  await until(() => shown.text().split('Channels  http').length === 3)
  shown.type('r\n')
  await until(() => /↻ reloaded in/.test(shown.text()), 10_000)
  shown.type('c\n')
  await until(() => shown.raw().includes('\u001b[2J\u001b[3J\u001b[H'))
  shown.type(keys.ctrlD)
  expect(await shown.get('items/2')).toBe(200)
  shown.type(keys.ctrlC)
  expect(await shown.exited).toBe(0)
  expect(shown.text()).toMatch(/\nStopped: 5 requests, 1 failed, up .*\n/)
  await leavesNothing(shown)
})

onLinux('q quits', async () => {
  const shown = await screen()
  shown.type('q\n')
  expect(await shown.exited).toBe(0)
  expect(shown.text()).toContain('Stopped: 0 requests, 0 failed')
})

onLinux('a terminal that is stopped with Ctrl-S does not stop the server, and is told what it missed', async () => {
  const shown = await screen()
  shown.type(keys.ctrlS)
  const before = shown.raw().length
  const ids = Array.from({ length: 6000 }, (_, number) => number)
  const ask = async () => {
    for (let id = ids.pop(); id !== undefined; id = ids.pop()) expect(await shown.get(`items/${id}`)).toBe(200)
  }
  await Promise.all(Array.from({ length: 32 }, ask))
  expect(shown.raw().length - before).toBeLessThan(20_000)
  shown.type(keys.ctrlQ)
  await until(() => shown.text().includes('lines left out, because nobody was reading'), 10_000)
  shown.type(keys.ctrlC)
  expect(await shown.exited).toBe(0)
  expect(shown.text()).toContain('Stopped: 6000 requests')
})

onLinux('a terminal that is closed ends the server, and nothing is left', async () => {
  const shown = await screen()
  expect(processesNaming(shown.temporary).length).toBeGreaterThan(0)
  shown.hangUp()
  await leavesNothing(shown)
})

onLinux('a server in the background answers, and leaves the terminal to others', async () => {
  const line = `exec bash -mc '${process.execPath} ${binary} serve & wait'`
  const shown = await screen({ line })
  await until(() => shown.text().includes('press h'))
  // The system stops whoever reads this without being in the foreground.
  shown.type('x\n')
  for (let times = 0; times < 50; times += 1) expect(await shown.get('items/1')).toBe(200)
  const records = join(shown.root, '.zato/servers')
  const record = await until(() => existsSync(records) && readdirSync(records).find((name) => name.endsWith('.json')))
  process.kill(Number.parseInt(record), 'SIGTERM')
  expect(await shown.exited).toBe(0)
  await leavesNothing(shown)
})

onLinux.each([
  ['NO_COLOR', { NO_COLOR: '1' }],
  ['TERM=dumb', { TERM: 'dumb' }],
])('with %s there is no escape sequence', async (_, env) => {
  const shown = await screen({ env })
  for (let times = 0; times < 3; times += 1) await shown.get('items/1')
  await until(() => shown.raw().split('200 GET').length === 4)
  shown.type('q\n')
  await shown.exited
  expect(shown.raw()).not.toContain('\u001b')
})

onLinux('on 40 columns, without UTF-8, lines fit and are ASCII', async () => {
  const shown = await screen({ columns: 40, env: { LANG: 'C', LC_ALL: 'C' } })
  await shown.get('items/1')
  await until(() => shown.text().includes('ok 200 GET'))
  shown.type('q\n')
  await shown.exited
  const lines = shown.text().split('\n')
  expect(lines.join('')).toMatch(/^[ -~]*$/)
  const request = lines.find((line) => line.includes('200 GET')) ?? ''
  expect(request).toContain(' ms')
  expect(displayWidth(request)).toBeLessThanOrEqual(40)
})

onLinux(
  'the dashboard is a line of the banner, with its token, and o opens it in the browser that is named',
  async () => {
    const opened = join(await temporaryProject({ '.keep': '' }), 'opened.txt')
    const browser = await temporaryProject({ 'browser.sh': `#!/bin/sh\necho "$1" > ${opened}\n` })
    const script = join(browser, 'browser.sh')
    execFileSync('chmod', ['+x', script])
    const shown = await screen({ args: ['--dashboard-port', '0'], env: { BROWSER: script } })
    const link = await until(() => /Dashboard +(http:\/\/localhost:\d+\/#t=[\w-]{32})/.exec(shown.text())?.[1])
    const token = readFileSync(join(shown.root, '.zato/dev-token'), 'utf8').trim()
    expect(link.split('#t=')[1]).toBe(token)
    expect(existsSync(opened)).toBe(false)
    shown.type('o\n')
    await until(() => existsSync(opened) && readFileSync(opened, 'utf8') === `${link}\n`)
    shown.type('q\n')
    await shown.exited
    await leavesNothing(shown)
  },
)

onLinux('where lines are kept there is no banner and no colour, and stdout is empty', async () => {
  const root = await temporaryProject(files)
  const line = `${process.execPath} ${binary} -C ${root} serve --dashboard-port 0 > out.txt 2> err.txt & pid=$!
    for i in $(seq 300); do grep -q Try err.txt && break; sleep 0.1; done
    curl -s -o /dev/null "$(grep -o 'http://[^ ]*' err.txt | head -n 1)items/%1b%5b31m"
    for i in $(seq 300); do grep -q 200 err.txt && break; sleep 0.1; done
    kill -INT $pid; wait $pid`
  const folder = await temporaryProject({ '.keep': '' })
  execFileSync('bash', ['-c', line], { cwd: folder, env: { ...process.env, LANG: 'C.UTF-8' } })
  expect(readFileSync(join(folder, 'out.txt'), 'utf8')).toBe('')
  const lines = readFileSync(join(folder, 'err.txt'), 'utf8').split('\n')
  expect(lines[0]).toMatch(/^zato-ts \d\S+ \S+ ready in /)
  expect(lines.slice(1, 5).map((text) => text.split(' ')[0])).toEqual(['Channels', 'Dashboard', 'Project', 'Try'])
  expect(lines[2]).not.toContain('#t=')
  expect(lines[5]).toMatch(
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ✓ 200 GET {2}\/items\/%1b%5b31m → item +\S+ ms {2}[0-9a-f]{8}$/,
  )
  expect(lines[6]).toMatch(/^Stopped: 1 request, 0 failed, up /)
  expect(lines.join('')).not.toContain('\u001b')
})
