import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { documents } from './helpers/documents.js'

/** Every relative link of the documents leads to a file that is there, and to a heading of it. */

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = new Map(documents().map(({ path, text }) => [path, withoutCode(text)]))

/** What stands in code is neither a link nor a heading; `` [`conn ping`](…) `` is one, and keeps its brackets. */
function withoutCode(text: string): string {
  return text.replace(/^(```+)[^\n]*\n[\s\S]*?^\1$/gm, '').replace(/^ {4}.*$/gm, '')
}

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>()
  return new Set(
    [...page.matchAll(/^#{1,6} +(.+?) *$/gm)].map(([, heading = '']) => {
      const slug = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
        .replaceAll(' ', '-')
      const before = seen.get(slug) ?? 0
      seen.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    }),
  )
}

/** Why a link of the page leads nowhere; undefined if it does lead somewhere. */
function deadness(path: string, link: string): string | undefined {
  const [file = '', anchor] = link.split('#')
  const target = file === '' ? path : join(dirname(path), file)
  if (!existsSync(join(root, target))) return `${path}: ${link}: there is no such file`
  if (anchor === undefined) return undefined
  const page = pages.get(target)
  return page !== undefined && anchorsOf(page).has(anchor) ? undefined : `${path}: ${link}: there is no such heading`
}

test('every link between the documents leads to a file, and to a heading', () => {
  const links = [...pages].flatMap(([path, page]) =>
    [...page.matchAll(/\]\((?![a-z]+:)([^)\s]+)\)/g)].map(([, link = '']) => ({ path, link })),
  )
  expect(links.length).toBeGreaterThan(50)
  expect(links.flatMap(({ path, link }) => deadness(path, link) ?? [])).toEqual([])
})

test('a link to what is not there is found', () => {
  expect(deadness('docs/errors.md', 'nowhere.md')).toBe('docs/errors.md: nowhere.md: there is no such file')
  expect(deadness('README.md', 'docs/errors.md#nothing')).toContain('there is no such heading')
  expect(deadness('README.md', 'docs/errors.md#exit-codes')).toBeUndefined()
})

test('every page of docs/ can be reached from README.md', () => {
  const reached = new Set(['README.md'])
  for (const path of reached) {
    for (const [, link = ''] of (pages.get(path) ?? '').matchAll(/\]\((?![a-z]+:)([^)#\s]+\.md)(?:#[^)]*)?\)/g)) {
      reached.add(join(dirname(path), link))
    }
  }
  expect([...pages.keys()].filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([])
})
