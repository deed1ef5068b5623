import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Upstream, startUpstream } from '../../helpers/upstream.js'
import { type ServedProject, launch, openPage, serveDashboard, watch } from './page.js'
import { projectFiles } from './project.js'

let folder: string
let upstream: Upstream
let served: ServedProject
let browser: Browser

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'zato-ts-live-')))
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

/** Of an element of the page, whose types are not those of Node. */
interface Box {
  scrollTo(to: { top: number }): void
  getBoundingClientRect(): { top: number }
}

/** For seven pages that draw at once on two cores, each in a process of its own. */
const schedulingMs = 500

const order = (name: string) =>
  fetch(`${served.serving.url}api/orders?n=${name}`, {
    method: 'POST',
    body: JSON.stringify({ name }),
    headers: { 'content-type': 'application/json' },
  })
const rowOf = (page: Page, name: string) => page.getByRole('link', { name: new RegExp(`n=${name}$`) })
const live = (page: Page) => page.getByRole('status', { name: 'Connection to the server' }).getByText('live')

test('eight tabs share one stream, and the others go on when the tab that reads it is closed', async () => {
  const { context, page, complaints } = await openPage(browser, served.link)
  await live(page).waitFor()
  let streams = 0
  context.on('request', (request) => {
    if (request.url().includes('/events?')) streams += 1
  })
  const others = await Promise.all(
    Array.from({ length: 7 }, async () => {
      const other = await context.newPage()
      const told = watch(other)
      await other.goto(`${served.dashboard.replace(/\/$/, '')}/traces`)
      await live(other).waitFor()
      return { other, told }
    }),
  )
  expect(streams).toBe(0)
  await order('eight')
  for (const { other } of others) await rowOf(other, 'eight').waitFor()
  for (const { other } of others)
    await other.evaluate(`new MutationObserver(() => {
      if (window.shownAt === undefined && document.body.textContent.includes('n=after')) window.shownAt = Date.now()
    }).observe(document.body, { subtree: true, childList: true, characterData: true })`)
  const closedAt = Date.now()
  await page.close()
  await order('after')
  for (const { other } of others) await rowOf(other, 'after').waitFor()
  // From before the tab is closed until the new row stands in each of the seven others.
  for (const { other } of others)
    expect(Number(await other.evaluate('window.shownAt')) - closedAt).toBeLessThan(1000 + schedulingMs)
  expect(streams).toBe(1)
  expect([...complaints, ...others.flatMap(({ told }) => told)]).toEqual([])
  await context.close()
}, 60_000)

test('two hundred requests in a second neither freeze the page nor move what is read', async () => {
  const { context, page, complaints } = await openPage(browser, served.link)
  await live(page).waitFor()
  for (let at = 0; at < 40; at += 1) await order(`calm${at}`)
  await rowOf(page, 'calm39').waitFor()
  const list = page.getByRole('region', { name: 'Traces, newest first' })
  await list.evaluate((box: unknown) => (box as Box).scrollTo({ top: 400 }))
  await page.getByRole('link', { name: /n=calm25$/ }).focus()
  const place = () =>
    page.getByRole('link', { name: /n=calm25$/ }).evaluate((link: unknown) => (link as Box).getBoundingClientRect().top)
  const before = await place()
  await page.evaluate(`window.worst = 0; window.last = performance.now();
    (function tick() { const now = performance.now(); worst = Math.max(worst, now - last); last = now; setTimeout(tick, 4) })()`)
  for (let round = 0; round < 10; round += 1)
    await Promise.all(Array.from({ length: 20 }, (_, at) => order(`flood${round}x${at}`)))
  await page.getByRole('button', { name: /^200 new/ }).waitFor()
  expect(await place()).toBe(before)
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/calm25$/)
  expect(Number(await page.evaluate('window.worst'))).toBeLessThan(1000)
  expect(await page.getByRole('row').count()).toBeLessThan(120)
  await page.getByRole('button', { name: /^200 new/ }).click()
  await rowOf(page, 'flood9x0').waitFor()
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)

test('more than can be watched waits until it is calm, and is then shown and counted, quick as it was', async () => {
  const { context, page, complaints } = await openPage(browser, served.link)
  await live(page).waitFor()
  const counted = async () =>
    Number(/^[\d,]+/.exec(await page.locator('.chips-count').innerText())?.[0].replace(',', ''))
  const before = await counted()
  for (let round = 0; round < 10; round += 1)
    await Promise.all(Array.from({ length: 20 }, (_, at) => order(`quick${round}x${at}`)))
  await rowOf(page, 'quick9x0').waitFor()
  await expect.poll(counted).toBe(before + 200)
  expect(await page.getByRole('button', { name: /new – show$/ }).count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)

test('a page without its token explains itself, refuses nonsense and takes a pasted link', async () => {
  const { context, page, complaints } = await openPage(browser, served.dashboard, [401])
  await page.getByRole('heading', { name: 'This page needs a token' }).waitFor()
  await page.getByLabel('Token or link').fill('not a token')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByText('This is neither a token').waitFor()
  await page.getByLabel('Token or link').fill('0123456789abcdef0123456789abcdef')
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await page.getByText('The token was refused').waitFor()
  await page.getByLabel('Token or link').fill(served.link)
  await page.getByRole('button', { name: 'Open', exact: true }).click()
  await live(page).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('the main path works with the keyboard alone', async () => {
  const { context, page, complaints } = await openPage(browser, served.link)
  await live(page).waitFor()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await page.getByRole('link', { name: 'Orders API' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('region', { name: 'Try Orders API' }).waitFor()
  await page.getByLabel('customer_id').focus()
  await page.keyboard.press('Control+A')
  await page.keyboard.type('99')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('region', { name: 'Result' }).getByText('200').first().waitFor()
  await page.getByRole('link', { name: 'Open the trace' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('treegrid').waitFor()
  await page.keyboard.press('r')
  await page.getByText('body equal').waitFor()
  await page.getByRole('treegrid').getByRole('row').nth(1).focus()
  await page.keyboard.press('ArrowLeft')
  await expect.poll(() => page.getByRole('treegrid').getByRole('row').count(), { timeout: 20_000 }).toBe(2)
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Escape')
  await page.getByRole('treegrid').waitFor({ state: 'detached' })
  await page.keyboard.press('/')
  await page.keyboard.type('replay:true')
  await expect.poll(() => page.getByRole('row').count(), { timeout: 20_000 }).toBe(2)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Keys' }).waitFor({ state: 'detached' })
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)

test('pages come back when the server does, and what was typed is still there', async () => {
  const { context, page, complaints } = await openPage(browser, served.link, ['unreachable'])
  await page.goto(`${served.dashboard.replace(/\/$/, '')}/connections/Orders%20API`)
  await page.getByLabel('customer_id').fill('typed')
  await live(page).waitFor()
  const port = new URL(served.dashboard).port
  await served.serving.stop()
  await page.getByText('The server has stopped').waitFor()
  served = await serveDashboard(folder, ['--dashboard-port', port])
  await live(page).waitFor()
  expect(await page.getByLabel('customer_id').inputValue()).toBe('typed')
  await page.getByRole('button', { name: /^Send/ }).click()
  await page.getByRole('region', { name: 'Result' }).getByText('200').first().waitFor()
  expect(complaints).toEqual([])
  await context.close()
}, 60_000)
