import { expect, test } from 'vitest'
import { globalOptions, jsonOption } from '../../src/commands/global-options.js'
import { type CommandEntry, commands } from '../../src/commands/manifest.js'
import { documents } from '../helpers/documents.js'

/** The command lines that the documents show: each command exists, and has each flag that it is given. */

interface Shown {
  readonly path: string
  readonly line: string
}

/** What follows `zato-ts`, in code, up to the end of the command. */
function shownLines({ path, text }: { path: string; text: string }): Shown[] {
  const fences = [...text.matchAll(/^```[^\n]*\n([\s\S]*?)^```$/gm)].flatMap(([, code = '']) => code.split('\n'))
  const indented = [...text.matchAll(/^ {4}(.*)$/gm)].map(([, line = '']) => line)
  const typed = [...fences, ...indented].filter((line) => /^(?:\$ |echo |printf |npx |zato-ts [a-z])/.test(line.trim()))
  const inline = [...text.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/`((?:npx )?zato-ts [^`]+)`/g)].map(
    ([, line = '']) => line,
  )
  return [...typed, ...inline].flatMap((line) =>
    [...withoutText(line).matchAll(/\bzato-ts (?!\d)((?:(?! #|&&|[|;>)]).)*)/g)].map(([, rest = '']) => ({
      path,
      line: rest.trim(),
    })),
  )
}

/** Quoted text may look like anything. */
function withoutText(line: string): string {
  return line.replace(/'eval "\$\(([^)]*)\)"'/, '$1').replace(/"[^"]*"|'[^']*'/g, 'TEXT')
}

const isPlaceholder = (word: string | undefined) => word === undefined || /^(?:<|-|[A-Z])/.test(word)

function entryOf(line: string): CommandEntry | undefined {
  const words = line.split(/\s+/).filter((word) => !word.startsWith('-'))
  return commands.find(({ words: known, aliases = [] }) =>
    [known, ...aliases].some((name) => name === words.slice(0, name.split(' ').length).join(' ')),
  )
}

async function flagsOf(entry: CommandEntry): Promise<Set<string>> {
  const { command } = await entry.load()
  const options = [...globalOptions, jsonOption, ...(command.options ?? []).filter(({ hidden }) => !hidden)]
  return new Set(options.flatMap(({ flags }) => flags.match(/--?[a-zA-Z][\w-]*/g) ?? []))
}

const groups = new Set(commands.map(({ words }) => words.split(' ')[0]))
const lines = documents().flatMap(shownLines)

test('every command that the documents show exists', () => {
  expect(lines.length).toBeGreaterThan(100)
  const unknown = lines.filter(({ line }) => {
    const [first] = line.split(/\s+/)
    const isGroup = groups.has(first) && !/\s[a-z]/.test(line)
    return !isPlaceholder(first) && !isGroup && !entryOf(line)
  })
  expect(unknown).toEqual([])
})

test('every flag that they show is one of its command', async () => {
  const wrong: string[] = []
  for (const { path, line } of lines) {
    const entry = entryOf(line)
    if (!entry) continue
    const known = await flagsOf(entry)
    const given = line.match(/(?<=\s)--?[a-zA-Z][\w-]*/g) ?? []
    for (const flag of given) if (!known.has(flag)) wrong.push(`${path}: zato-ts ${line}: ${flag}`)
  }
  expect(wrong).toEqual([])
})
