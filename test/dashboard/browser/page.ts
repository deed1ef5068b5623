import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Browser, type BrowserContext, type Page, chromium } from 'playwright-core'
import { expect, vi } from 'vitest'
import { type Serving, serve } from '../../helpers/serve.js'

/** The dashboard in Debian's Chromium, against the real `serve`. */

export const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: '/usr/bin/chromium', args: flags })
}

export interface Watched {
  readonly context: BrowserContext
  readonly page: Page
  /** What the console said that it should not have. */
  readonly complaints: readonly string[]
}

/** A refusal that a test brings about on purpose: its status, or that nobody answers. */
export type Expected = number | 'unreachable'

/** A page whose console errors, violations of the policy, dialogs and exceptions are kept. */
export async function openPage(browser: Browser, url: string, expected: readonly Expected[] = []): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  const complaints = watch(page, expected)
  await page.goto(url)
  return { context, page, complaints }
}

/** The browser tells of refused requests as errors too: those that a test expects are no complaints. */
export function watch(page: Page, expected: readonly Expected[] = []): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error' || isExpected(message.text(), expected)) return
    complaints.push(`${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

function isExpected(text: string, expected: readonly Expected[]): boolean {
  const [, status] = /^Failed to load resource: the server responded with a status of (\d+) /.exec(text) ?? []
  if (status !== undefined) return expected.includes(Number(status))
  return (
    /^Failed to load resource: net::ERR_|net::ERR_CONNECTION_REFUSED/.test(text) && expected.includes('unreachable')
  )
}

export interface ServedProject {
  readonly serving: Serving
  readonly dashboard: string
  /** With its token. */
  readonly link: string
}

export async function serveDashboard(folder: string, args: readonly string[] = []): Promise<ServedProject> {
  const serving = await serve(folder, ['--dashboard-port', '0', ...args])
  const said = () => serving.events().find(({ type }) => type === 'dashboard')
  await vi.waitUntil(said, { timeout: 20_000 })
  const dashboard = String(said()?.url)
  const token = (await readFile(`${folder}/.zato/dev-token`, 'utf8')).trim()
  return { serving, dashboard, link: `${dashboard.replace(/\/$/, '')}/#t=${token}` }
}

const axeSource = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
let axe: string | undefined

interface AxeResults {
  readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** No rule of axe is broken on what the page shows now. */
export function expectAccessible(page: Page): Promise<void> {
  return expectNoViolation(page, {})
}

/** The rules that look at colours: a theme changes nothing else. */
const ofColours = { runOnly: ['color-contrast', 'link-in-text-block'] }

/** The same in both themes; the page is shown in the light one afterwards. */
export async function expectAccessibleInBothThemes(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await expectNoViolation(page, ofColours)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await expectAccessible(page)
}

async function expectNoViolation(page: Page, options: Readonly<Record<string, unknown>>): Promise<void> {
  axe ??= await readFile(axeSource, 'utf8')
  // The debugger puts it in: the page's own policy lets no such script in. It stays as long as the document does.
  if (await page.evaluate<boolean>('window.axe === undefined')) await page.evaluate(axe)
  // What is in order is neither described nor sent: it is most of the work.
  const { violations } = await page.evaluate<AxeResults>(
    `axe.run(document, ${JSON.stringify({ ...options, resultTypes: ['violations'] })}).then(({ violations }) => ({ violations }))`,
  )
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([])
}
