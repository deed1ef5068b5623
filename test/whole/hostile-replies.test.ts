import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { onPty } from '../helpers/pty.js'
import { zato } from '../helpers/run-cli.js'
import { type Serving, serve } from '../helpers/serve.js'
import { type RawUpstream, startRawUpstream } from '../helpers/upstream.js'
import { faults } from '../outgoing/helpers/faults.js'

/** What an upstream does wrong, seen by the caller of a channel and on the command line; the processes live through it. */

/** `script`, which makes the terminal, takes other options elsewhere. */
const onLinux = test.runIf(process.platform === 'linux')

const levels = 200_000
const nested = '['.repeat(levels) + ']'.repeat(levels)
/** A window title, a cleared screen, a link, a C1 control, a turned direction, a carriage return that hides what was before it. */
const controls = '\u001b]0;owned\u0007\u001b[2J\u001b]8;;http://evil/\u0007\u009b31m\u202etxt\rhidden'
/** JSON does not allow C0 as it is; DEL, C1 and the rest stand there all the same. */
const escapes = JSON.stringify({ raw: '\u009b31m\u202e\u007f', escaped: controls })

const reply = (type: string, body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const replies: Readonly<Record<string, string>> = {
  nested: reply('application/json', nested),
  escapes: reply('application/json', escapes),
  escapedText: reply('text/plain', controls),
}

let folder: string
let api: RawUpstream
let serving: Serving

const services = `
import { Service } from 'zato-ts'
const get = (self: Service, number: unknown) => self.out.rest['API'].conn.get(self.cid, { params: { number: String(number) } })
export class Pid extends Service { static override readonly name = 'pid'; handle() { return { pid: process.pid } } }
export class Fault extends Service {
  static override readonly name = 'fault'
  async handle() { return (await get(this, this.request.http.params.number)).data }
}
export class Whole extends Service {
  static override readonly name = 'whole'
  async handle() { return get(this, 'nested') }
}
export class Logged extends Service {
  static override readonly name = 'logged'
  async handle() {
    const { data } = await get(this, 'nested')
    this.logger.info('nested', { data })
    let depth = 0
    for (let at = data; Array.isArray(at); at = at[0]) depth += 1
    return { depth }
  }
}
`

beforeAll(async () => {
  api = await startRawUpstream(({ socket, text }) => {
    const [, number = ''] = /^GET \/(\w+) /.exec(text) ?? []
    const known = replies[number]
    if (known !== undefined) socket.write(known)
    else faults[Number(number)]?.serve(socket)
  })
  folder = await mkdtemp(join(tmpdir(), 'zato-ts-hostile-'))
  await mkdir(join(folder, 'services'))
  await writeFile(join(folder, 'services/all.ts'), services)
  await writeFile(
    join(folder, 'zato.yaml'),
    `outgoing_rest:
  - { name: API, host: "${api.url}", url_path: "/{number}", timeout: 0.4, max_response_size: 1000000, pool_size: 200 }
channel_rest:
  - { name: Pid, url_path: /pid, service: pid }
  - { name: Fault, url_path: "/fault/{number}", service: fault }
  - { name: Whole, url_path: /whole, service: whole }
  - { name: Logged, url_path: /logged, service: logged }
`,
  )
  serving = await serve(folder)
})
afterAll(async () => {
  await serving.stop()
  await api.close()
  await rm(folder, { recursive: true })
})

const get = (path: string) => fetch(serving.url + path)
const pid = async () => ((await (await get('pid')).json()) as { pid: number }).pid

test('the caller of a channel gets 502 or 504, and nothing of the reply', async () => {
  const before = await pid()
  const asked = faults.map(async ({ fault, maxResponseSize }, number) => {
    if (maxResponseSize !== undefined) return undefined
    const response = await get(`fault/${number}`)
    const problem = (await response.json()) as { status: number; detail: string }
    return { fault, status: response.status, type: response.headers.get('content-type'), detail: problem.detail }
  })
  const answers = (await Promise.all(asked)).filter((answer) => answer !== undefined)
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: expect.toBeOneOf([502, 504]) as number, type: 'application/problem+json' })
    expect(answer.detail).not.toMatch(/half|evil|smtp|127\.0\.0\.1/)
  }
  expect(await pid()).toBe(before)
})

test('200,000 levels of nesting are data that a service can use and pass on', async () => {
  const before = await pid()
  const whole = await get('whole')
  expect([whole.status, await whole.text()]).toEqual([200, nested])
  expect(await (await get('logged')).json()).toEqual({ depth: levels })
  // As a payload it would have to be written anew, which nothing can.
  expect((await get('fault/nested')).status).toBe(500)
  expect(await pid()).toBe(before)
})

const call = (name: string, ...flags: string[]) => ['-C', folder, 'call', 'API', '--params', `number=${name}`, ...flags]

test.each(['', '-v', '-i', '--json'])('200,000 levels of nesting are printed with "%s"', async (flag) => {
  const flags = flag === '' ? [] : [flag]
  const { code, stdout, stderr } = await zato(call('nested', ...flags))
  expect([code, stderr.includes('ZX001')]).toEqual([0, false])
  const isJson = flags.includes('--json')
  const { response } = isJson ? (JSON.parse(stdout) as { response: object }) : { response: undefined }
  if (isJson) expect(response).toMatchObject({ status: 200, body: null, bodyText: nested })
  else expect(stdout.endsWith(nested)).toBe(true)
})

test('what would act on a terminal is exact in a pipe', async () => {
  const { code, bytes } = await zato(call('escapes'))
  expect([code, bytes.toString()]).toEqual([0, escapes])
  const { stdout } = await zato(call('escapes', '--json'))
  expect(JSON.parse(stdout)).toMatchObject({ response: { body: JSON.parse(escapes) as unknown, bodyText: escapes } })
})

onLinux.each([
  [['-v', '-i'], 'escapes'],
  [['--json'], 'escapes'],
  [[], 'escapedText'],
  [[], 'nested'],
])('what would act on a terminal is shown escaped there: %j %s', async (flags, name) => {
  const pty = onPty(call(name, ...flags), { cwd: folder })
  expect(await pty.exited).toBe(0)
  // Colours are ours; nothing else of what a terminal obeys may be there.
  const raw = pty.raw().replaceAll(/\u001b\[\d*(?:;\d+)*m/g, '')
  expect(raw).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202e]/)
  if (name !== 'nested') expect(raw).toMatch(/\\(?:x|u00)1b\]0;owned/)
  else expect(raw).toContain(nested.slice(0, 1000))
})
