import { readFileSync } from 'node:fs'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { Pool } from 'undici'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { temporaryProject } from '../../helpers/temporary-project.js'
import { startUpstream } from '../../helpers/upstream.js'
import { expectAccessible, launch, openPage, serveDashboard } from './page.js'

/** What many requests leave behind: in the memory of page and server, and on the page. */

let browser: Browser

beforeAll(async () => {
  browser = await launch()
})

afterAll(() => browser.close())

const files = (upstream: string) => ({
  'zato.yaml': `outgoing_rest:
  - { name: Orders API, host: '${upstream}', url_path: /orders }
channel_rest:
  - { name: quick, url_path: /quick, service: quick }
  - { name: orders, url_path: /orders, service: orders }
`,
  'services/all.ts': `import { Service } from 'zato-ts'
export class Quick extends Service {
  static override readonly name = 'quick'
  handle() { return Promise.resolve('done') }
}
export class Orders extends Service {
  static override readonly name = 'orders'
  async handle() { return (await this.out.rest['Orders API'].conn.get(this.cid)).data }
}
`,
})

/** Under way at once. */
const atOnce = 24

async function flood(url: string, count: number): Promise<void> {
  const pool = new Pool(url, { connections: atOnce })
  let left = count
  const work = async () => {
    while (left > 0) {
      left -= 1
      const { body } = await pool.request({ path: '/quick', method: 'GET' })
      await body.dump()
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  await pool.close()
}

interface Memory {
  /** Bytes of script, rubbish collected. */
  readonly heap: number
  readonly nodes: number
  /** Bytes of the server and of the processes of its services. */
  readonly server: number
}

async function memoryNow(session: CDPSession, serverId: number): Promise<Memory> {
  for (let round = 0; round < 2; round += 1) await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { nodes } = await session.send('Memory.getDOMCounters')
  return { heap: usedSize, nodes, server: residentBytes(serverId) }
}

/** Of a process and of those that it has started. */
function residentBytes(id: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${id}/status`, 'utf8')) ?? []
  const children = readFileSync(`/proc/${id}/task/${id}/children`, 'utf8').split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + residentBytes(Number(child)), Number(kilobytes) * 1024)
}

/** Once the page has been told of that many, and shows the last. */
async function settled(page: Page, all: number): Promise<void> {
  const told = `1,000 traces, ${(all - 1000).toLocaleString('en')} removed`
  await page.getByText(told).waitFor({ timeout: 20_000 })
  await page.getByRole('button', { name: /new – show$/ }).waitFor({ state: 'detached' })
  await page.getByRole('row').nth(10).waitFor()
}

const megabyte = 1024 ** 2

test('after 50,000 traces page and server take what they took after 20,000', async () => {
  const root = await temporaryProject(files('http://127.0.0.1:9'))
  const { serving, link } = await serveDashboard(root)
  onTestFinished(async () => {
    await serving.stop()
  })
  const { context, page, complaints } = await openPage(browser, link)
  onTestFinished(() => context.close())
  await page.getByText('live', { exact: true }).waitFor()
  const session = await context.newCDPSession(page)

  await flood(serving.url, 20_000)
  await settled(page, 20_000)
  const before = await memoryNow(session, serving.process.pid ?? 0)
  await flood(serving.url, 30_000)
  await settled(page, 50_000)
  const after = await memoryNow(session, serving.process.pid ?? 0)

  if (process.env.SHOW_MEMORY) console.log(before, after)
  expect(after.heap - before.heap).toBeLessThan(2 * megabyte)
  expect(after.nodes - before.nodes).toBeLessThan(500)
  expect(after.server - before.server).toBeLessThan(45 * megabyte)
  expect(complaints).toEqual([])
}, 120_000)

test('a trace in outline is shown as what it is, and can be done with as any other', async () => {
  const upstream = await startUpstream()
  onTestFinished(() => upstream.close())
  const root = await temporaryProject(files(upstream.url))
  const { serving, dashboard, link } = await serveDashboard(root)
  onTestFinished(async () => {
    await serving.stop()
  })
  // It is refused to repeat what was not kept.
  const { context, page, complaints } = await openPage(browser, link, [400])
  onTestFinished(() => context.close())
  await page.getByText('live', { exact: true }).waitFor()
  await flood(serving.url, 400)
  await Promise.all(
    Array.from({ length: 60 }, (_, at) =>
      fetch(`${serving.url}orders?n=${at}`, { headers: { 'x-zato-cid': `outline-${at}` } }),
    ),
  )
  const authorization = `Bearer ${link.slice(link.indexOf('#t=') + 3)}`
  const asked = await fetch(`${dashboard}_zato/api/v1/traces?limit=400`, { headers: { authorization } })
  const { traces } = (await asked.json()) as { traces: readonly { cid: string; dropped?: { details?: boolean } }[] }
  const outline = traces.find(({ cid, dropped }) => cid.startsWith('outline-') && dropped?.details)
  const cid = outline?.cid ?? 'no trace in outline'
  await picture(page, 'flood')

  const filter = page.getByRole('searchbox', { name: 'Filter traces' })
  await filter.fill(`conn:"Orders API" path:/orders?n=${cid.slice('outline-'.length)}`)
  await page.getByRole('link', { name: 'GET /orders' }).click()
  const rows = page.getByRole('treegrid').getByRole('row')
  await expect.poll(() => rows.count()).toBe(5)
  await page.getByText('Headers and bodies were not kept: more came than can be recorded in full').waitFor()
  for (let at = 1; at < 5; at += 1) {
    await rows.nth(at).click()
    await page.getByRole('tab', { name: 'Timing' }).waitFor()
    expect(await page.getByText('No body.').count()).toBe(0)
  }
  await expectAccessible(page)
  await picture(page, 'outline')

  await page.getByRole('button', { name: 'Pin', exact: true }).click()
  await page.getByRole('button', { name: 'Pinned' }).waitFor()
  const replay = page.getByRole('button', { name: 'Replay', exact: true })
  expect(await replay.isDisabled()).toBe(true)
  expect(await replay.getAttribute('title')).toMatch(/^It cannot be repeated as it was: .* were not kept\. It can be/)
  await page.keyboard.press('r')
  await page.getByText(/^It cannot be repeated as it was: .*repeat it with edits$/).waitFor()
  await page.getByRole('button', { name: 'Replay with edits' }).click()
  await page.getByText('Its headers and body were not kept: it is sent with what stands here').waitFor()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Replay/ })
    .click()
  await page.getByText(/^replay of/).waitFor()
  await page.getByText('the body of the first was not kept').waitFor()
  expect(await page.getByRole('button', { name: 'Side by side' }).count()).toBe(0)
  await expectAccessible(page)
  await picture(page, 'outline-compared')

  await page.getByRole('link', { name: 'Traces', exact: true }).click()
  await filter.fill('')
  const kept = page.locator('.chips-count')
  await expect.poll(() => kept.innerText()).toBe('461 traces')
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect.poll(() => kept.innerText()).toBe('1 trace')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => kept.innerText()).toBe('461 traces')
  await page.getByText('The traces are there again').waitFor()
  await page.getByRole('button', { name: 'Clear', exact: true }).click()
  await expect.poll(() => kept.innerText()).toBe('1 trace')
  await page.getByRole('link', { name: 'GET /orders' }).click()
  await page.getByRole('button', { name: 'Delete the trace' }).click()
  await page.getByText('The trace is deleted').waitFor()
  await expect.poll(() => kept.innerText()).toMatch(/^0 traces/)
  expect(complaints).toEqual([])
}, 60_000)

/** For whoever wants to look: not part of the documentation. */
async function picture(page: Page, name: string): Promise<void> {
  const { SHOW_PICTURES: folder } = process.env
  if (folder) await page.screenshot({ path: `${folder}/${name}.png` })
}
