import { ZatoError } from '../../errors.js'
import { writeJson } from '../../output/json.js'
import { count } from '../../output/units.js'
import { askServer } from '../../runtime/inbox.js'
import { type FoundServer, findRunningServers } from '../../runtime/running-servers.js'
import type { CommandSpec } from '../command.js'
import type { Context } from '../context.js'
import { loadProjectOf } from '../project.js'
import { sayDone, sayMore, sayWarning } from '../say.js'
import { tokenDefinition } from './named.js'

export const command: CommandSpec<{ readonly name?: string }> = {
  args: [{ name: '[name]', doc: 'Name of a connection, or of a security definition [all]', values: 'token' }],
  json: true,
  examples: ({ connection }) => ['zato-ts token clear', `zato-ts token clear "${connection}"`],
  async run(context, { name }) {
    const { project } = await loadProjectOf(context)
    const definition = name === undefined ? undefined : tokenDefinition(project, name).name
    const servers = await findRunningServers(project.file)
    const asked = await Promise.all(servers.map((server) => askOne(server, definition)))
    if (context.json) writeJson(context.out, { v: 1, servers: asked })
    else show(context, { asked, definition })
    if (asked.every(({ cleared }) => cleared !== null)) return 0
    throw new ZatoError('ZU010', 'A running server did not answer', {
      hint: 'restart it: tokens live in its memory only',
    })
  },
}

interface Asked {
  readonly pid: number
  readonly url: string
  /** How many tokens it had; null if it did not answer. */
  readonly cleared: number | null
}

async function askOne({ recordPath, pid, url }: FoundServer, definition: string | undefined): Promise<Asked> {
  const answer = await askServer(recordPath, { command: 'clear-tokens', definition })
  return { pid, url, cleared: answer?.cleared ?? null }
}

function show(
  context: Context,
  { asked, definition }: { asked: readonly Asked[]; definition: string | undefined },
): void {
  const of = definition === undefined ? '' : ` of "${definition}"`
  if (asked.length === 0) {
    sayMore(context, 'No server of this project is running: tokens live in the memory of one, and nowhere else')
  }
  for (const { pid, url, cleared } of asked) {
    if (cleared === null) sayWarning(context, `Process ${pid} at ${url} did not answer`)
    else sayDone(context, `Process ${pid} at ${url} has forgotten ${count(cleared, 'token')}${of}`)
  }
}
