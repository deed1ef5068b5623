import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { setEnvValue, withEnvValue } from '../../src/project/env-file.js'

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'env-file-'))
  file = join(dir, '.env')
})
afterEach(() => rm(dir, { recursive: true }))

const set = (text: string, value: string) => withEnvValue(text, { name: 'B', value })

test('a file that is made is for its owner only', async () => {
  await setEnvValue({ file, name: 'ORDERS_PASSWORD', value: 's3cr:t/+=' })
  expect(await readFile(file, 'utf8')).toBe("ORDERS_PASSWORD='s3cr:t/+='\n")
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect(await readdir(dir)).toEqual(['.env'])
})

test('a file that is there keeps its mode and everything else in it', async () => {
  await writeFile(file, '# c\nA=1\n', { mode: 0o644 })
  await setEnvValue({ file, name: 'B', value: '2' })
  expect(await readFile(file, 'utf8')).toBe('# c\nA=1\nB=2\n')
  expect((await stat(file)).mode & 0o777).toBe(0o644)
})

test('several values set at once are all kept', async () => {
  const names = Array.from({ length: 10 }, (_, index) => `N${index}`)
  await Promise.all(names.map((name) => setEnvValue({ file, name, value: name.toLowerCase() })))
  expect({ ...parseEnv(await readFile(file, 'utf8')) }).toEqual(
    Object.fromEntries(names.map((name) => [name, name.toLowerCase()])),
  )
})

test.each([
  ['a line at the end', 'A=1\n', 'A=1\nB=new\n'],
  ['after a line without a line break', 'A=1', 'A=1\nB=new\n'],
  ['with the line breaks of the file', 'A=1\r\n', 'A=1\r\nB=new\r\n'],
  ['in the place of the old value', 'A=1\nB=old\nC=3\n', 'A=1\nB=new\nC=3\n'],
  ['before a comment', 'B=old  # why\r\nC=3\r\n', 'B=new  # why\r\nC=3\r\n'],
  ['in the place of a quoted value', 'B="old # x" # why\n', 'B=new # why\n'],
  ['in the place of a value over lines', "B='a\nB=b\n'\nC=3", 'B=new\nC=3'],
  ['not inside of another value', "A='\nB=b\n'\n", "A='\nB=b\n'\nB=new\n"],
  ['behind export and blanks', '  export B = old\n', '  export B = new\n'],
  ['in the place of nothing', 'B=\nC=3\n', 'B=new\nC=3\n'],
  ['in the last of several lines, which counts', 'B=1\nB=2\n', 'B=1\nB=new\n'],
  ['and not in a comment', '# B=old\n', '# B=old\nB=new\n'],
])('a value is set %s', (_, before, after) => {
  expect(set(before, 'new')).toBe(after)
})

test('a value that is there already changes nothing', () => {
  expect(set('B="x"\n', 'x')).toBe('B="x"\n')
})

test('a value has quotes only where it needs some, and the right ones', () => {
  expect(set('', '')).toBe("B=''\n")
  expect(set('', 'a b#c')).toBe("B='a b#c'\n")
  expect(set('', "it's $HOME")).toBe(`B="it's $HOME"\n`)
  expect(set('', `"it's"`)).toBe(`B=\`"it's"\`\n`)
  expect(set('', '"C:\\new"')).toBe(`B='"C:\\new"'\n`)
  expect(set('', 'a\nb')).toBe('B="a\\nb"\n')
  expect(set('', 'a\nb\\n')).toBe("B='a\nb\\n'\n")
})

/** What Node reads, but for names such as "# B", which it makes of a comment that ends the file. */
function variablesIn(text: string): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(parseEnv(text)).filter(([name]) => /^\w+$/.test(name)))
}

test('whatever can be written reads back equal and leaves the others alone; what cannot is refused without showing it', () => {
  const piece = fc.constantFrom(
    "'",
    '"',
    '`',
    '\\',
    '\\n',
    '\n',
    '\r',
    '#',
    '$',
    '=',
    ' ',
    'x',
    'é',
    '\t',
    '${A}',
    '\u0000',
    '\u2028',
  )
  const value = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc.string({ unit: 'binary' }),
  )
  const line = fc.constantFrom(
    'A=1',
    "A='x\ny'",
    'B=old',
    'B="old # " # c',
    '# B=1',
    "# it's",
    '',
    'export C=`3`',
    "D=don't",
    'nonsense',
  )
  const lines = fc.array(line, { maxLength: 6 })
  let written = 0
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', '\r\n'), value, (before, lineBreak, wanted) => {
      const text = before.join(lineBreak)
      try {
        const after = set(text, wanted)
        expect(variablesIn(after)).toEqual({ ...variablesIn(text), B: wanted })
        written++
      } catch (error) {
        const isFileWrong = /^nonsense$/m.test(text.replaceAll('\r', ''))
        const message = expect.stringMatching(/^The value of B cannot|^B cannot be added/) as string
        expect(error).toMatchObject({ code: 'ZU001', message })
        expect(isFileWrong || /['"`\r]/.test(wanted)).toBe(true)
      }
    }),
    { numRuns: 3_000 },
  )
  expect(written).toBeGreaterThan(2_000)
})

test('a line that is no assignment, and would swallow the next one, is named as the reason', () => {
  expect(() => set('nonsense\n', 'x')).toThrow(
    expect.objectContaining({ code: 'ZU001', message: 'B cannot be added: a line of the .env file is no NAME=value' }),
  )
})

test('a name that no shell knows is refused', () => {
  for (const name of ['', '1A', 'A-B', 'A B', 'A=B', 'é']) {
    expect(() => withEnvValue('', { name, value: 'x' })).toThrow(expect.objectContaining({ code: 'ZU001' }))
  }
})

test('a file that is no text, or cannot be read, is an error and stays', async () => {
  await writeFile(file, Buffer.from([0x41, 0x3d, 0xff]))
  await expect(setEnvValue({ file, name: 'B', value: 'x' })).rejects.toMatchObject({ code: 'ZC007' })
  expect([...(await readFile(file))]).toEqual([0x41, 0x3d, 0xff])
  await expect(setEnvValue({ file: join(dir, 'absent/.env'), name: 'B', value: 'x' })).rejects.toMatchObject({
    code: 'ZU007',
  })
})
