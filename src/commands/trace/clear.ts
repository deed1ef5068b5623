import { rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { traceFileOf } from '../../runtime/trace-file.js'
import type { CommandSpec } from '../command.js'
import { readOptionsOf } from '../project.js'
import { sayDone } from '../say.js'
import { findDashboard } from './source.js'

export const command: CommandSpec<object> = {
  examples: () => ['zato-ts trace clear'],
  async run(context) {
    const { file } = readOptionsOf(context)
    const server = await findDashboard(file)
    // First the file: a server that keeps traces writes the pinned ones to it again.
    await rm(traceFileOf(join(dirname(file), '.zato')), { force: true })
    if (server) await server.ask('/traces', { method: 'DELETE' })
    sayDone(context, 'Forgot all traces that are not pinned')
    return 0
  },
}
