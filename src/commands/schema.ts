import { projectJsonSchema } from '../project/json-schema.js'
import type { CommandSpec } from './command.js'

export const command: CommandSpec<object> = {
  examples: () => ['zato-ts schema > zato.schema.json'],
  run({ out }) {
    out.write(`${JSON.stringify(projectJsonSchema(), undefined, 2)}\n`)
    return Promise.resolve(0)
  },
}
