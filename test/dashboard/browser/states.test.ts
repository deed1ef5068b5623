import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Certificates, makeCertificates } from '../../helpers/certificates.js'
import type { Serving } from '../../helpers/serve.js'
import { temporaryProject } from '../../helpers/temporary-project.js'
import { startUpstream } from '../../helpers/upstream.js'
import {
  type Expected,
  type Watched,
  expectAccessible,
  expectAccessibleInBothThemes,
  launch,
  openPage,
  serveDashboard,
} from './page.js'

/** Each page in each of its states: empty, loading, failed, broken. */

let browser: Browser
let certificates: Certificates

beforeAll(async () => {
  browser = await launch()
  certificates = makeCertificates()
  certificates.issue('authority')
  certificates.issue('api', { by: 'authority' })
})

afterAll(async () => {
  await browser.close()
  certificates.remove()
})

interface Opened extends Watched {
  readonly folder: string
  readonly channels: string
  readonly serving: Serving
  readonly go: (path: string) => Promise<void>
}

async function open(
  files: Readonly<Record<string, string>>,
  { args = [], expected = [] }: { args?: readonly string[]; expected?: readonly Expected[] } = {},
): Promise<Opened> {
  const folder = await temporaryProject(files)
  const { serving, dashboard, link } = await serveDashboard(folder, args)
  onTestFinished(async () => {
    await serving.stop()
  })
  const watched = await openPage(browser, link, expected)
  onTestFinished(() => watched.context.close())
  await watched.page.getByText('live', { exact: true }).waitFor()
  const go = async (path: string) => {
    await watched.page.goto(`${dashboard.replace(/\/$/, '')}/${path}`)
    await watched.page.getByRole('main').getByRole('heading', { level: 1 }).first().waitFor()
  }
  return { ...watched, folder, serving, channels: serving.url, go }
}

const pages = ['traces', 'connections', 'channels', 'services', 'logs', 'project']

test('each page of an empty project says so, and what comes next', async () => {
  const { page, go, complaints } = await open({ 'zato.yaml': '# nothing yet\n' })
  const told = {
    traces: 'Nothing has happened yet',
    connections: 'No outgoing connections yet',
    channels: 'No channels yet',
    services: 'No services yet',
    logs: 'Nothing logged yet',
    project: 'no problems',
    help: 'Single keys do something',
    nowhere: 'No such page',
  }
  for (const [path, text] of Object.entries(told)) {
    await go(path)
    await page.getByText(text).waitFor()
    await expectAccessibleInBothThemes(page)
  }
  expect(complaints).toEqual([])
}, 60_000)

/** Tab, until it is there: nothing is focused by the test itself. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let presses = 0; presses < 80; presses += 1) {
    if (
      await wanted.evaluate(
        (one: unknown) => one === (globalThis as { document?: { activeElement: unknown } }).document?.activeElement,
      )
    )
      return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab does not come to ${String(wanted)}`)
}

test('from an empty project to a call that is repeated and compared, by the keyboard alone', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  upstream.reply({ body: '{"orders":[]}' })
  const { page, folder, complaints } = await open({ 'zato.yaml': '# nothing yet\n' })
  await tabTo(page, page.getByRole('link', { name: 'Add a connection' }))
  await page.keyboard.press('Enter')
  for (const [label, text] of [
    ['name', 'Orders API'],
    ['host', upstream.url],
    ['url_path', '/customers/{customer_id}/orders'],
  ] as const) {
    await tabTo(page, page.getByRole('textbox', { name: new RegExp(`^${label}\\b`) }))
    await page.keyboard.type(text)
  }
  await tabTo(page, page.getByRole('button', { name: 'Review the change' }))
  await page.keyboard.press('Enter')
  await page.getByText('+  - name: Orders API').waitFor()
  await expectAccessible(page)
  await tabTo(page, page.getByRole('button', { name: 'Save', exact: true }))
  await page.keyboard.press('Enter')
  await page.getByText(/Saved, live in/).waitFor()
  expect(await readFile(join(folder, 'zato.yaml'), 'utf8')).toMatch(/^# nothing yet\n[^]*- name: Orders API\n/)

  await tabTo(page, page.getByRole('textbox', { name: /^customer_id/ }))
  await page.keyboard.type('1/2')
  await page.keyboard.press('Control+Enter')
  await tabTo(page, page.getByRole('link', { name: 'Open the trace' }))
  expect(upstream.requests[0]?.url).toBe('/customers/1%2F2/orders')
  await page.keyboard.press('Enter')
  await page.getByRole('treegrid').waitFor()
  await page.keyboard.press('r')
  await page.getByText('body equal').waitFor()
  expect(upstream.requests).toHaveLength(2)
  expect(complaints).toEqual([])
}, 60_000)

test('from an empty project to a call that is repeated and compared, by the mouse', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  upstream.reply({ body: '{"orders":[]}' })
  const { page, folder, complaints } = await open({ 'zato.yaml': '# nothing yet\n' })
  /** Only letters come from the keyboard. */
  const write = async (label: string, text: string) => {
    await page.getByRole('textbox', { name: new RegExp(`^${label}\\b`) }).click()
    await page.keyboard.insertText(text)
  }
  await page.getByRole('link', { name: 'Add a connection' }).click()
  await write('name', 'Orders API')
  await write('host', upstream.url)
  await write('url_path', '/customers/{customer_id}/orders')
  await page.getByRole('button', { name: 'Review the change' }).click()
  await page.getByText('+  - name: Orders API').waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText(/Saved, live in/).waitFor()
  expect(await readFile(join(folder, 'zato.yaml'), 'utf8')).toMatch(/^# nothing yet\n[^]*- name: Orders API\n/)

  await write('customer_id', '1/2')
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByRole('link', { name: 'Open the trace' }).click()
  expect(upstream.requests[0]?.url).toBe('/customers/1%2F2/orders')
  await page.getByRole('treegrid').waitFor()
  await page.getByRole('button', { name: 'Replay', exact: true }).click()
  await page.getByText('body equal').waitFor()
  expect(upstream.requests.map(({ url }) => url)).toEqual(Array(2).fill('/customers/1%2F2/orders'))
  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  await page.getByRole('treegrid').waitFor({ state: 'detached' })
  await expect.poll(() => page.getByRole('row').filter({ hasText: 'Orders API' }).count()).toBe(2)
  expect(complaints).toEqual([])
}, 60_000)

const sound = {
  'zato.yaml': `outgoing_rest:
  - { name: API, host: 'http://127.0.0.1:9' }
channel_rest:
  - { name: Hello, url_path: /hello, service: hello }
`,
  'services/hello.ts': `import { Service } from 'zato-ts'
export class Hello extends Service {
  static override readonly name = 'hello'
  handle() { this.logger.info('greeting'); return Promise.resolve('hello') }
}
`,
}

test('a project that never was sound shows why on each page, and goes on by itself when it is put right', async () => {
  const broken = sound['zato.yaml'].replace('name: API,', 'name: API, timeout: soon,')
  const { page, go, folder, complaints } = await open({ ...sound, 'zato.yaml': broken })
  for (const path of pages) {
    await go(path)
    const strip = page.getByRole('region', { name: 'Problems of the project' })
    await strip.getByText('"timeout" must be a number').waitFor()
    expect(await strip.innerText()).not.toContain('last good version')
    await expectAccessibleInBothThemes(page)
  }
  await go('services')
  await page.getByRole('heading', { name: 'No service is loaded until this is put right' }).waitFor()
  expect(await page.getByText('No services yet').count()).toBe(0)
  await writeFile(join(folder, 'zato.yaml'), sound['zato.yaml'])
  await page.getByRole('link', { name: 'hello', exact: true }).waitFor()
  expect(await page.getByRole('region', { name: 'Problems of the project' }).count()).toBe(0)
  expect(complaints).toEqual([])
}, 60_000)

test('a service that does not compile is shown with its source, beside the last good version', async () => {
  const { page, go, folder, channels, complaints } = await open(sound)
  await go('services')
  await page.getByRole('link', { name: 'hello', exact: true }).waitFor()
  await writeFile(join(folder, 'services/hello.ts'), `${sound['services/hello.ts']}export class { broken\n`)
  await page.getByText(/running the last good version, of \d\d:\d\d:\d\d/).waitFor()
  await page.getByRole('heading', { name: /^What is below was loaded at/ }).waitFor()
  await page.getByText('export class { broken').first().waitFor()
  await page.getByRole('link', { name: 'hello', exact: true }).waitFor()
  expect(await (await fetch(`${channels}hello`)).text()).toBe('hello')
  await expectAccessibleInBothThemes(page)
  expect(complaints).toEqual([])
}, 60_000)

test('a variable that is missing is told as what it is: this version runs, without that connection', async () => {
  const { page, go, complaints } = await open({
    'zato.yaml': `security:
  - { name: Key, type: apikey, password: '\${NO_SUCH_KEY}' }
outgoing_rest:
  - { name: Keyed, host: 'http://127.0.0.1:9', security: Key }
`,
  })
  const strip = page.getByRole('region', { name: 'Problems of the project' })
  await strip.getByText('"NO_SUCH_KEY" is missing').waitFor()
  expect(await strip.innerText()).not.toContain('last good version')
  await go('connections')
  await page.getByText('NO_SUCH_KEY is not set').waitFor()
  await page.getByRole('link', { name: 'Keyed' }).click()
  await page.getByText(/^No curl, zato-ts or TypeScript to copy: .*NO_SUCH_KEY/).waitFor()
  await expectAccessibleInBothThemes(page)
  expect(complaints).toEqual([])
}, 60_000)

test('a page whose data is late says that it loads, one whose data fails says so and tries again, and a trace may be gone', async () => {
  const { page, go, complaints } = await open(sound, { expected: [404, 500] })
  await go('help')
  // What is loaded when the page is opened, and what is loaded when one goes there.
  for (const [path, data, isOpened] of [
    ['connections', 'connections', false],
    ['channels', 'channels', false],
    ['services', 'services', false],
    ['traces', 'traces', true],
    ['logs', 'logs', true],
    ['project', 'state', true],
  ] as const) {
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    const url = new RegExp(`/_zato/api/v1/${data}(\\?|$)`)
    let isFailing = true
    await page.route(url, async (route) => {
      await held
      await (isFailing
        ? route.fulfill({ status: 500, body: '{"error":{"code":"x","message":"It broke"}}' })
        : route.continue())
    })
    if (isOpened) await go(path)
    else await page.getByRole('navigation').getByRole('link', { name: path, exact: false }).click()
    await page.getByRole('status', { name: 'Loading' }).waitFor()
    await expectAccessibleInBothThemes(page)
    release()
    const alert = page.getByRole('alert').filter({ hasText: 'It broke' })
    await alert.waitFor()
    await expectAccessibleInBothThemes(page)
    isFailing = false
    await alert.getByRole('button', { name: 'Retry' }).click()
    await alert.waitFor({ state: 'detached' })
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
    await page.unroute(url)
  }
  await go('traces/0123456789abcdef')
  await page.getByRole('heading', { level: 1, name: 'This trace is gone' }).waitFor()
  await expectAccessibleInBothThemes(page)
  expect(complaints).toEqual([])
}, 60_000)

test.each(['stops', 'is killed'])(
  'each page stays readable and accessible while the server is gone: it %s',
  async (how) => {
    const { page, go, serving, channels, complaints } = await open(sound, { expected: ['unreachable'] })
    await fetch(`${channels}hello`)
    await go('traces')
    const row = page.getByRole('link', { name: 'GET /hello' })
    await row.waitFor()
    const visit = (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: false }).click()
    // A log line may come later than the trace: what is to be seen without the server must be there.
    await visit('logs')
    await page.getByText('greeting').first().waitFor()
    await visit('traces')
    await row.waitFor()
    if (how === 'stops') await serving.stop()
    else serving.process.kill('SIGKILL')
    const indicator = page.getByRole('status', { name: 'Connection to the server' })
    await indicator.getByText(how === 'stops' ? 'server stopped' : 'reconnecting').waitFor()
    await row.waitFor()
    await expectAccessibleInBothThemes(page)
    const told = {
      connections: 'The server does not answer',
      channels: 'The server does not answer',
      services: 'The server does not answer',
      logs: 'greeting',
      project: 'the server does not answer',
      help: 'Single keys do something',
    }
    for (const [path, text] of Object.entries(told)) {
      if (path === 'help') await page.keyboard.press('?')
      else await visit(path)
      await page.getByText(text).first().waitFor()
      await expectAccessibleInBothThemes(page)
    }
    expect(complaints).toEqual([])
  },
  60_000,
)

test('an edit that the server would refuse is not offered to be saved, and says why; one that is only incomplete is', async () => {
  const { page, go, folder, complaints } = await open(sound)
  const before = await readFile(join(folder, 'zato.yaml'), 'utf8')
  await go('connections/API?edit=1')
  const field = (name: string) => page.getByRole('textbox', { name: new RegExp(`^${name}\\b`) })
  const review = page.getByRole('dialog', { name: 'Review the change' })
  const look = async () => {
    await page.getByRole('button', { name: 'Review the change' }).click()
    await review.waitFor()
  }
  for (const [host, why] of [
    ['ftp://127.0.0.1:9', 'must start with'],
    ['http://me:hunter22@127.0.0.1:9', 'is a secret'],
  ] as const) {
    await field('host').fill(host)
    await look()
    await review.getByText('This cannot be saved until it is put right').waitFor()
    await review.getByText(why).first().waitFor()
    await expectAccessibleInBothThemes(page)
    const save = review.getByRole('button', { name: /^Save/ })
    expect([await save.innerText(), await save.isDisabled()]).toEqual(['Save', true])
    await review.getByRole('button', { name: 'Back' }).click()
  }
  await field('host').fill('http://127.0.0.1:${NO_SUCH_PORT}')
  await look()
  await review.getByRole('button', { name: 'Save all the same' }).waitFor()
  expect(await readFile(join(folder, 'zato.yaml'), 'utf8')).toBe(before)
  await review.getByRole('button', { name: 'Save all the same' }).click()
  await page.getByText(/^Saved, live in .*NO_SUCH_PORT/).waitFor()
  expect(complaints).toEqual([])
}, 60_000)

test('a list of traces 320 px wide uses its width, and each of its names can be read', async () => {
  const { page, go, channels } = await open(sound)
  await fetch(`${channels}hello`)
  await page.setViewportSize({ width: 320, height: 640 })
  await go('traces')
  const name = page.getByRole('link', { name: 'GET /hello' })
  await name.waitFor()
  const box = await name.boundingBox()
  const row = await page.getByRole('row').nth(1).boundingBox()
  expect(row?.width).toBe(320)
  expect(box?.width).toBeGreaterThan(90)
  await name.click()
  await page.getByRole('treegrid').waitFor()
  await expectAccessibleInBothThemes(page)
}, 60_000)

test('delays, a cut reply and TLS are told in the waterfall: the second call has no dns, connect or tls', async () => {
  const { read, path } = certificates
  const secure = await startUpstream(undefined, { tls: { key: read('api.key'), cert: read('api.pem') } })
  onTestFinished(() => secure.close())
  secure.reply((request, response) => {
    if (!request.url.includes('cut')) return { body: '{"ok":true}' }
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' })
    response.write('{"half":')
    setTimeout(() => response.destroy(), 20)
    return undefined
  })
  const { page, channels, complaints } = await open({
    'zato.yaml': `outgoing_rest:
  - { name: Secure, host: '${secure.url}', tls_ca: '${path('authority.pem')}' }
  - { name: Cutting, host: '${secure.url}', url_path: /cut, tls_ca: '${path('authority.pem')}' }
channel_rest:
  - { name: Both, url_path: /both, service: both }
`,
    'services/both.ts': `import { Service } from 'zato-ts'
export class Both extends Service {
  static override readonly name = 'both'
  async handle() {
    await this.out.rest['Secure'].conn.get(this.cid)
    await new Promise((resolve) => setTimeout(resolve, 400))
    await this.out.rest['Secure'].conn.get(this.cid)
    await this.out.rest['Cutting'].conn.get(this.cid).catch(() => undefined)
  }
}
`,
  })
  expect((await fetch(`${channels}both`)).status).toBe(200)
  await page.getByRole('link', { name: 'GET /both' }).click()
  const attempts = page.getByRole('treegrid').getByRole('row').filter({ hasText: 'attempt 1' })
  await expect.poll(() => attempts.count()).toBe(3)
  const phases = async (at: number) => {
    await attempts.nth(at).click()
    await page.getByRole('tab', { name: 'Timing' }).click()
    return page.getByRole('rowheader').allInnerTexts()
  }
  expect(await phases(0)).toEqual(expect.arrayContaining(['connect', 'tls', 'wait']))
  const second = await phases(1)
  expect(second).toContain('wait')
  for (const phase of ['dns', 'connect', 'tls']) expect(second).not.toContain(phase)
  await page.getByText(/^(?:[4-9]\d\d ms|\d[.\d]* s) idle$/).waitFor()
  await page.getByRole('treegrid').getByRole('row').filter({ hasText: 'Cutting' }).click()
  await page.getByRole('tab', { name: 'Error' }).click()
  await page
    .getByText(/the connection was closed before the end of the reply/)
    .first()
    .waitFor()
  await expectAccessibleInBothThemes(page)
  expect(complaints).toEqual([])
}, 60_000)
