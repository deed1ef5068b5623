import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startUpstream, type Upstream } from '../../helpers/upstream.js'
import {
  expectAccessible,
  expectAccessibleInBothThemes,
  launch,
  openPage,
  serveDashboard,
  type ServedProject,
  type Watched,
} from './page.js'
import { projectFiles } from './project.js'

let temporary: string
let folder: string
let upstream: Upstream
let served: ServedProject
let browser: Browser
let watched: Watched
let page: Page
let failures = 0

const orders = JSON.stringify({
  customer: '12345',
  orders: [
    { id: 'A-1001', status: 'pending', total: 129.9, lines: [{ sku: 'lamp', count: 2 }] },
    { id: 'A-1002', status: 'pending', total: 18.5, lines: [] },
  ],
  note: '<img src=x onerror=alert(1)>',
})

beforeAll(async () => {
  temporary = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-browser-')))
  // Its name is in the pictures.
  folder = join(temporary, 'shop')
  upstream = await startUpstream(async (request) => {
    if (!request.url.includes('/orders')) return { body: '{"name":"Ada"}' }
    await new Promise((resolve) => setTimeout(resolve, 60))
    if (failures > 0) {
      failures -= 1
      return { status: 502, body: '{"error":"upstream is starting"}' }
    }
    return { body: orders, headers: { 'x-hostile': '<script>alert(2)</script>' } }
  })
  for (const [name, content] of Object.entries(projectFiles(upstream.url))) {
    await mkdir(join(folder, name, '..'), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  ;[served, browser] = await Promise.all([serveDashboard(folder), launch()])
  watched = await openPage(browser, served.link)
  page = watched.page
})

afterAll(async () => {
  await browser.close()
  await served.serving.stop()
  await upstream.close()
  await rm(temporary, { recursive: true, force: true })
})

async function picture(name: string): Promise<void> {
  if (!process.env.UPDATE_DOCS) return
  for (const notice of await page.getByRole('button', { name: 'Dismiss' }).all())
    await notice.click({ timeout: 500 }).catch(() => undefined)
  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: `docs/images/${name}-${scheme}.png` })
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
}

test('the token leaves the address, and an idle project says what to run', async () => {
  await page.getByRole('heading', { name: 'Nothing has happened yet' }).waitFor()
  await expect.poll(() => page.url()).not.toContain('#')
  await page.getByRole('status', { name: 'Connection to the server' }).getByText('live').waitFor()
  await expectAccessible(page)
})

test('a request appears by itself, with its attempts, phases and back-off', async () => {
  failures = 2
  const reply = await fetch(`${served.serving.url}api/customers/12345/orders`)
  expect(reply.status).toBe(200)
  await page.getByRole('link', { name: /GET \/api\/customers\/12345\/orders/ }).click()
  await page.getByRole('treegrid', { name: 'Spans' }).waitFor()
  const rows = page.getByRole('treegrid', { name: 'Spans' }).getByRole('row')
  await expect.poll(() => rows.filter({ hasText: 'attempt' }).count()).toBeGreaterThanOrEqual(4)
  expect(await rows.filter({ hasText: 'back-off' }).count()).toBe(2)
  // The log tells of it too, before it is made.
  await rows.filter({ hasText: 'attempt 3', hasNotText: 'attempt 3 of' }).click()
  await page.getByRole('tab', { name: /Response/ }).click()
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor()
  await page.getByText('<script>alert(2)</script>').waitFor()
  await page.getByRole('tab', { name: /Timing/ }).click()
  await page.getByRole('rowheader', { name: 'wait' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('tab', { name: /Response/ }).click()
  await picture('trace')
})

test('a trace is replayed and compared, and copied as curl', async () => {
  await page.getByRole('button', { name: 'Replay', exact: true }).click()
  await page.getByText('body equal').waitFor()
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await page.getByRole('menuitem', { name: 'curl' }).click()
  await page.getByText('Copied curl').waitFor()
  expect(await page.evaluate('navigator.clipboard.readText()')).toMatch(/^curl .*orders/)
})

test('a replay with edits sends what was changed', async () => {
  await page.getByRole('button', { name: 'Replay with edits' }).click()
  await page.getByLabel('Path and query').fill('/api/customers/777/orders')
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Replay/ })
    .click()
  await page.getByRole('heading', { name: '/api/customers/777/orders' }).waitFor()
  await expect.poll(() => upstream.requests.some(({ url }) => url.includes('/customers/777/orders'))).toBe(true)
})

test('a filter narrows the list, and an unknown key is named', async () => {
  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  const filter = page.getByRole('searchbox', { name: 'Filter traces' })
  await filter.fill('path:/api/customers/777/*')
  await expect.poll(() => page.getByRole('row').filter({ hasText: '/api/' }).count()).toBe(1)
  await filter.fill('stauts:500')
  await page.getByText('Unknown filter "stauts"').waitFor()
  await filter.fill('')
})

test('a connection is tried with one input per placeholder', async () => {
  await page.getByRole('link', { name: 'Connections', exact: true }).click()
  await page.getByRole('link', { name: 'Orders API' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Orders API' }).click()
  const input = page.getByLabel('customer_id')
  await expect.poll(() => input.inputValue()).toBe('12345')
  await input.fill('')
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByText('A value is needed for the path').waitFor()
  await input.fill('4 2')
  await page.getByLabel('Name of query parameter 1').fill('status')
  await page.getByLabel('Value of query parameter 1').fill('pending')
  await page.getByLabel('the snippet').getByText('status=pending').waitFor()
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByRole('region', { name: 'Result' }).getByText('200').first().waitFor()
  expect(upstream.requests.at(-1)?.url).toBe('/customers/4%202/orders?status=pending')
  await expectAccessible(page)
  await picture('try')
})

test('a connection is edited after its diff was shown, and the change is taken back', async () => {
  const before = await readFile(join(folder, 'zato.yaml'), 'utf8')
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByLabel('description').fill('All orders')
  await page.getByRole('button', { name: 'Review the change' }).click()
  await page.getByText('+    description: All orders').waitFor()
  await picture('edit')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText(/Saved, live in/).waitFor()
  expect(await readFile(join(folder, 'zato.yaml'), 'utf8')).toContain('    description: All orders\n')
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('The change is taken back').waitFor()
  expect(await readFile(join(folder, 'zato.yaml'), 'utf8')).toBe(before)
})

test.each(['Channels', 'Services', 'Logs', 'Project'])('%s is shown, and accessible in both themes', async (name) => {
  await page.getByRole('link', { name, exact: true }).click()
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  await expectAccessibleInBothThemes(page)
})

test('nothing scrolls sideways on a page that is 320 px wide', async () => {
  await page.setViewportSize({ width: 320, height: 640 })
  for (const path of ['traces', 'connections', 'connections/Orders%20API', 'channels', 'services', 'logs', 'project']) {
    await page.goto(`${served.dashboard.replace(/\/$/, '')}/${path}`)
    await page.getByRole('main').getByRole('heading').first().waitFor()
    expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, 320])
  }
  await page.setViewportSize({ width: 1440, height: 900 })
})

test('nothing foreign became markup, and the console is clean', () => {
  expect(watched.complaints).toEqual([])
})
