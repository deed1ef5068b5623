import { join, relative } from 'node:path'
import { writeEnvTypes } from '../project/env-types.js'
import type { CommandSpec } from './command.js'
import { loadProjectOf } from './project.js'
import { sayDone } from './say.js'

export const command: CommandSpec<object> = {
  examples: () => ['zato-ts types', 'zato-ts types && npx tsc --noEmit'],
  async run(context) {
    const { project } = await loadProjectOf(context)
    const isChanged = await writeEnvTypes(project)
    const file = relative(context.cwd, join(project.root, 'zato-env.d.ts'))
    sayDone(context, isChanged ? `Wrote ${file}` : `${file} is up to date`)
    return 0
  },
}
