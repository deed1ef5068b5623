import { readdir } from 'node:fs/promises'
import { relative, resolve } from 'node:path'
import { shellWord } from '../output/shell.js'
import { count } from '../output/units.js'
import { wrap } from '../output/width.js'
import { createProject } from '../project/scaffold/create-project.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { openPrompts } from './prompts.js'
import { sayDone, sayMore } from './say.js'

interface Flags {
  readonly dir?: string
  readonly force?: boolean
  readonly yes?: boolean
}

export const command: CommandSpec<Flags> = {
  args: [{ name: '[dir]', doc: 'Folder of the project [the current one]', values: 'folder' }],
  options: [
    { flags: '--force', doc: 'Replace files that are in the way' },
    { flags: '--yes', doc: 'Do not ask: the current folder if none is named' },
  ],
  examples: () => [
    'zato-ts init shop',
    'zato-ts init shop && cd shop && npm install && npx zato-ts serve',
    'zato-ts init --yes',
  ],
  async run(context, { dir, force, yes }) {
    const target = resolve(context.cwd, dir ?? (yes || !context.canAsk ? '.' : await askFolder(context)))
    const created = await createProject({ dir: target, force })
    sayDone(context, `Created ${relative(context.cwd, created.dir) || '.'} (${count(created.files.length, 'file')})`)
    for (const line of wrap(created.files.join(' '), Math.min(context.err.width, 100) - 4))
      sayMore(context, `  ${line}`)
    sayNext(context, created.dir)
    return 0
  },
}

async function askFolder(context: Context): Promise<string> {
  const isEmpty = (await readdir(context.cwd).catch(() => [])).length === 0
  const prompts = await openPrompts(context)
  return prompts.text({ message: 'Folder of the project', flag: '[dir]', placeholder: isEmpty ? '.' : 'shop' })
}

function sayNext(context: Context, dir: string): void {
  const folder = relative(context.cwd, dir)
  if (context.quiet) return
  context.err.line()
  context.err.line('Next')
  if (folder !== '') sayMore(context, `cd ${shellWord(folder)}`)
  sayMore(context, 'npm install')
  sayMore(context, 'npx zato-ts serve')
}
