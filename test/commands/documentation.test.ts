import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ArgumentSpec, OptionSpec } from '../../src/commands/command.js'
import { globalOptions, jsonOption } from '../../src/commands/global-options.js'
import { commands } from '../../src/commands/manifest.js'
import { errorCatalogue } from '../../src/errors.js'

/** docs/command-line.md says what the code says: every command, argument and option, with the same words. */

const page = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8')

const sections = new Map(
  page
    .split(/^#+ /m)
    .slice(1)
    .map((section): [string, string] => [section.split('\n', 1)[0]?.replaceAll('`', '') ?? '', section]),
)

type Row = readonly [name: string, doc: string]

function rowsOf(section: string): Row[] {
  return [...section.matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)].map(([, name = '', doc = '']) => [
    name,
    doc.replaceAll('\\|', '|'),
  ])
}

function rowOf({ flags, doc, choices, repeat }: OptionSpec): Row {
  return [flags, withChoices(doc, choices) + (repeat ? ' (repeatable)' : '')]
}

function argumentRow({ name, doc, choices }: ArgumentSpec): Row {
  return [name, withChoices(doc, choices)]
}

function withChoices(doc: string, choices: readonly string[] | undefined): string {
  return choices ? `${doc}: ${choices.join(', ')}` : doc
}

describe('every command has a section with exactly its arguments and options', () => {
  for (const entry of commands) {
    test(entry.words, async () => {
      const section = sections.get(`zato-ts ${entry.words}`)
      expect(section, `no section "zato-ts ${entry.words}"`).toBeDefined()
      const { command: spec } = await entry.load()
      const options = (spec.options ?? []).filter(({ hidden }) => !hidden)
      const rows = [
        ...(spec.args ?? []).map(argumentRow),
        ...options.map(rowOf),
        ...(spec.json ? [rowOf(jsonOption)] : []),
      ]
      expect(rowsOf(section ?? '')).toEqual(rows)
      expect(section).toContain(entry.summary)
    })
  }
})

test('no section is about a command that does not exist', () => {
  const documented = [...sections.keys()].filter((title) => title.startsWith('zato-ts '))
  expect(documented.sort()).toEqual(commands.map(({ words }) => `zato-ts ${words}`).sort())
})

test('the options that every command takes are documented once', () => {
  expect(rowsOf(sections.get('Options of every command') ?? '')).toEqual(globalOptions.map(rowOf))
})

test('every exit code is documented', () => {
  const documented = rowsOf(sections.get('Exit codes') ?? '').map(([code]) => Number(code))
  const possible = new Set([0, 3, 4, 5, ...Object.values(errorCatalogue).map(({ exit }) => exit)])
  expect(documented).toEqual([...possible].sort((a, b) => a - b))
})
