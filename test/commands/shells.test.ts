import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { binary } from '../helpers/serve.js'
import { type TemporaryProject, temporaryProject } from './project-folder.js'

const run = promisify(execFile)

let project: TemporaryProject
let path: string

beforeAll(async () => {
  project = await temporaryProject({
    'zato.yaml': `
outgoing_rest:
  - { name: Orders API, host: 'https://o.example.com', url_path: '/c/{customer_id}/o/{order_id}' }
  - { name: Orders archive, host: 'https://a.example.com' }
  - { name: "It's $5", host: 'https://r.example.com' }
`,
  })
  path = await mkdtemp(join(tmpdir(), 'zato-ts-path-'))
  await symlink(binary, join(path, 'zato-ts'))
})

afterAll(() => rm(path, { recursive: true }))

const environment = (more: Record<string, string> = {}) => ({
  ...{ PATH: `${path}:${process.env.PATH ?? ''}`, HOME: path, TERM: 'dumb', LANG: 'C.UTF-8' },
  ...more,
})

/** What is typed, then Tab: what stands on the line, or what is offered. */
type Table = readonly (readonly [typed: string, ...result: string[]])[]

describe('in a real fish', () => {
  const table: Table = [
    ['zato-ts ser', 'serve', 'service'],
    ['zato-ts call Ord', 'Orders API', 'Orders archive'],
    ['zato-ts call "Orders A', 'Orders API'],
    ["zato-ts call 'Orders A", 'Orders API'],
    ['zato-ts call Orders\\ A', 'Orders API'],
    ['zato-ts call "It', "It's $5"],
    ["zato-ts conn ping 'Orders API' Ord", 'Orders API', 'Orders archive'],
    ['zato-ts call "Orders API" --params ', 'customer_id=', 'order_id='],
    ['zato-ts call "Orders API" --params customer_id=1 ', 'order_id='],
    ['zato-ts conn add X --format=x', '--format=xml'],
    ['zato-ts -c za', 'zato.yaml'],
  ]
  test.each(table)('%s', async (typed, ...offered) => {
    const env = environment({ LINE: typed })
    const script = 'zato-ts completion fish | source; complete -C "$LINE"'
    const { stdout } = await run('fish', ['--no-config', '-c', script], { cwd: project.dir, env })
    expect(stdout.trimEnd().split('\n')).toEqual(offered)
  })
})

describe('in a real zsh', () => {
  const table: Table = [
    ['zato-ts ser', 'zato-ts serv'],
    ['zato-ts call Ord', 'zato-ts call Orders\\ '],
    ['zato-ts call "Orders A', 'zato-ts call "Orders API" '],
    ["zato-ts call 'Orders A", "zato-ts call 'Orders API' "],
    ['zato-ts call Orders\\ ar', 'zato-ts call Orders\\ archive '],
    ['zato-ts call It', "zato-ts call It\\'s\\ \\$5 "],
    ['zato-ts call "It', 'zato-ts call "It\'s \\$5" '],
    ["zato-ts conn ping 'Orders API' Orders\\ A", "zato-ts conn ping 'Orders API' Orders\\ API "],
    ['zato-ts call "Orders API" --params cus', 'zato-ts call "Orders API" --params customer_id='],
    ['zato-ts conn add X --format=x', 'zato-ts conn add X --format=xml '],
    ['zato-ts -c za', 'zato-ts -c zato.yaml '],
  ]

  /** A zsh that types into another one, on a terminal; Ctrl-X shows what stands on the line there. */
  const driver = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -U compinit; compinit -u -D; eval "$(zato-ts completion zsh)"
show() { zle -I; print -r -- "<<$BUFFER>>"; BUFFER= }; zle -N show; bindkey "^X" show; bindkey "^I" complete-word
print "READ""Y"'
zpty -r shell out '*READY*'
for line in "\${(@f)TYPED}"; do
  zpty -w -n shell "$line"$'\\t\\x18'
  zpty -r shell out '*<<*>>*'
  print -r -- "$out"
done
zpty -d shell
`
  let lines: (string | undefined)[]

  beforeAll(async () => {
    const file = join(path, 'driver.zsh')
    await writeFile(file, driver)
    const env = environment({ TYPED: table.map(([typed]) => typed).join('\n') })
    const { stdout } = await run('zsh', ['-f', file], { cwd: project.dir, env, timeout: 60_000 })
    lines = [...stdout.matchAll(/<<([^>]*)>>/g)].map(([, line]) => line)
  }, 60_000)

  test.each(table.map(([typed, line], index) => [typed, line, index] as const))('%s', (_, line, index) => {
    expect(lines[index]).toBe(line)
  })
})
