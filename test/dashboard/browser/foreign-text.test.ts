import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { temporaryProject } from '../../helpers/temporary-project.js'
import { type Upstream, startUpstream } from '../../helpers/upstream.js'
import { type ServedProject, launch, openPage, serveDashboard } from './page.js'
import { projectFiles } from './project.js'

let folder: string
let upstream: Upstream
let served: ServedProject
let browser: Browser

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-foreign-')))
  upstream = await startUpstream()
  for (const [name, content] of Object.entries(projectFiles(upstream.url))) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  ;[served, browser] = await Promise.all([serveDashboard(folder), launch()])
})

afterAll(async () => {
  await browser.close()
  await served.serving.stop()
  await upstream.close()
  await rm(folder, { recursive: true, force: true })
})

const markup = `"><script>alert(1)</script><img class=injected src=x onerror=alert(2)>`
const unseen = '\u001b[2J\u0007\u007f\u009b31m\u200e\u200f\u202a\u202e\u2066\u2069'
const foreign = `${markup}${unseen}`
/** What HTTP lets into the value of a header. */
const foreignHeader = `${markup}\u009b31m\u0085`
const hidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

/** What is read, pointed at or read aloud. */
const shown = (page: Page) =>
  page.evaluate<string>(`[document.title, document.body.innerText, ...[...document.querySelectorAll('*')].flatMap((one) =>
    ['title', 'aria-label', 'placeholder', 'alt'].map((name) => one.getAttribute(name) ?? ''))].join('\\n')`)

/** Elements that markup from elsewhere would have made, and attributes that would run something. */
const injected = (page: Page) =>
  page.evaluate<number>(`document.querySelectorAll('.injected, body script:not([src]), img[src=x]').length +
    [...document.querySelectorAll('*')].filter((one) => [...one.attributes].some(({ name }) => name.startsWith('on'))).length`)

async function expectSafe(page: Page): Promise<void> {
  expect(await shown(page)).not.toMatch(hidden)
  expect(await injected(page)).toBe(0)
  expect(await page.evaluate('window.violations')).toEqual([])
}

test('markup and unseen characters from callers and upstreams are only ever text that can be read', async () => {
  const { context, page, complaints } = await openPage(browser, 'about:blank')
  await context.addInitScript(`window.violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))`)
  await page.goto(served.link)
  upstream.reply({
    headers: { 'content-type': 'application/json', 'x-foreign': foreignHeader },
    body: `{"text":${JSON.stringify(foreign)},${JSON.stringify(foreign)}:1}`,
  })
  const encoded = encodeURIComponent(foreign)
  const answer = await fetch(`${served.serving.url}api/customers/${encoded}/orders?n=${encoded}`, {
    headers: { 'x-foreign': foreignHeader },
  })
  expect(answer.status).toBe(200)
  const row = page.getByRole('link', { name: /customers/ }).first()
  await row.waitFor()
  await expectSafe(page)

  await row.click()
  await page.getByRole('treegrid').waitFor()
  let copied = 0
  const spans = page.getByRole('treegrid').getByRole('row')
  for (let at = 1; at < (await spans.count()); at += 1) {
    await spans.nth(at).click()
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await expectSafe(page)
      const raw = page.getByRole('button', { name: 'Raw', exact: true })
      if ((await raw.count()) > 0) {
        await raw.click()
        await page.getByRole('region', { name: /^Raw body/ }).waitFor()
        await expectSafe(page)
        await page.getByRole('button', { name: /Copy the body/ }).click()
        await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toContain('\u202e\u2066')
        copied += 1
      }
    }
  }

  expect(copied).toBeGreaterThan(0)

  await page.goto(`${served.dashboard.replace(/\/$/, '')}/logs`)
  const line = page.getByText('Orders of customer').first()
  await line.waitFor()
  await expectSafe(page)
  expect(await line.innerText()).toContain(
    `${markup}\\x1b[2J\\x07\\x7f\\x9b31m\\u200e\\u200f\\u202a\\u202e\\u2066\\u2069`,
  )
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)

const canary = 'canary-3c8e61f0'

test('markup in the project itself is text on each page, and no secret is in any byte of them', async () => {
  const name = JSON.stringify(markup)
  const root = await temporaryProject({
    'zato.yaml': `security:
  - { name: ${name}, type: apikey, header: X-Key, password: ${canary} }
outgoing_rest:
  - { name: ${name}, host: '${upstream.url}', url_path: '/{id}', security: ${name}, description: ${name}, headers: { X-Token: ${canary} } }
  - { name: Dead, host: 'http://127.0.0.1:9', security: ${name}, max_retries: 1, retry_sleep_time: 0.01 }
channel_rest:
  - { name: ${name}, url_path: '/a/{id}', service: ${name} }
`,
    'services/hostile.ts': `import { Service } from 'zato-ts'
export class Hostile extends Service {
  static override readonly name = ${name}
  async handle() {
    this.logger.warn(${name} + '${canary}', { [${name}]: ${name}, stack: '${canary}' })
    await this.out.rest[${name}].conn.get(this.cid, { params: { id: ${name}, k: '${canary}' } })
    await this.out.rest['Dead'].conn.get(this.cid).catch(() => undefined)
    throw new TypeError(${name} + '${canary}')
  }
}
`,
  })
  upstream.reply(({ headers }) => ({ body: JSON.stringify({ [markup]: markup, echo: headers['x-key'] }) }))
  const { serving, dashboard, link } = await serveDashboard(root, ['--keep-traces'])
  onTestFinished(async () => {
    await serving.stop()
  })
  const { context, page, complaints } = await openPage(browser, 'about:blank')
  onTestFinished(() => context.close())
  await context.addInitScript(`window.violations = [];
    addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective + ' ' + event.blockedURI))`)
  const replies: Promise<string>[] = []
  page.on('response', (response) => {
    if (response.url().includes('/_zato/') && !response.url().includes('/events'))
      replies.push(response.text().catch(() => ''))
  })
  await page.goto(link)
  expect((await fetch(`${serving.url}a/1?password=${canary}`, { headers: { 'x-any': canary } })).status).toBe(500)
  expect(String(upstream.requests.at(-1)?.headers['x-key'])).toBe(canary)
  const secrets = [canary, btoa(canary).replace(/=+$/, '')]
  const expectHidden = async () => {
    await expectSafe(page)
    const html = await page.evaluate<string>('document.documentElement.outerHTML')
    const values = await page.evaluate<string>(
      `[...document.querySelectorAll('input, textarea')].map(({ value }) => value).join()`,
    )
    for (const secret of secrets) expect(html + values).not.toContain(secret)
  }
  await page.getByRole('link', { name: /GET \/a\/1/ }).click()
  await page.getByRole('treegrid').waitFor()
  await expect.poll(() => page.getByRole('treegrid').getByRole('row').count()).toBeGreaterThan(5)
  const spans = page.getByRole('treegrid').getByRole('row')
  for (let at = 1; at < (await spans.count()); at += 1) {
    await spans.nth(at).click()
    for (const tab of await page.getByRole('tab').all()) {
      await tab.click()
      await expectHidden()
    }
  }
  const item = encodeURIComponent(markup)
  for (const path of [
    'traces',
    'connections',
    `connections/${item}`,
    `connections/${item}?edit=1`,
    'channels',
    `channels/${item}`,
    `channels/${item}?edit=1`,
    'services',
    `services/${item}`,
    'logs',
    'project',
  ]) {
    await page.goto(`${dashboard.replace(/\/$/, '')}/${path}`)
    await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
    await page.evaluate(`document.querySelectorAll('details').forEach((one) => (one.open = true))`)
    await expectHidden()
  }
  for (const reply of await Promise.all(replies)) for (const secret of secrets) expect(reply).not.toContain(secret)
  expect(complaints).toEqual([])
  // A page that is still open when its server stops asks for it, and says that nobody answers.
  await context.close()
  await serving.stop()
  const kept = await readFile(join(root, '.zato/traces.ndjson'), 'utf8')
  expect(kept).toContain('TypeError')
  for (const secret of secrets) expect(kept).not.toContain(secret)
}, 90_000)
