import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errorCatalogue } from '../src/errors.js'

const page = readFileSync(new URL('../docs/errors.md', import.meta.url), 'utf8')

const documented = [...page.matchAll(/^\| `(Z\w+)` \| (\d+) \| (\d+) \| (.+) \|$/gm)].map(
  ([, code, status, exit, meaning]) => ({ code, status: Number(status), exit: Number(exit), meaning }),
)

test('docs/errors.md lists exactly the codes of the catalogue, with their status, exit code and meaning', () => {
  const catalogue = Object.entries(errorCatalogue).map(([code, entry]) => ({ code, ...entry }))
  expect(documented).toEqual(catalogue)
})
