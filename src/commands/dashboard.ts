import { keptToken, rotateToken } from '../dashboard/server/token.js'
import { ZatoError } from '../errors.js'
import { writeJson } from '../output/json.js'
import { type ServerRecord, findRunningServers } from '../runtime/running-servers.js'
import type { CommandSpec } from './command.js'
import type { Context } from './context.js'
import { openBrowser } from './open-browser.js'
import { readOptionsOf } from './project.js'
import { sayDone } from './say.js'

interface Flags {
  readonly url?: boolean
  readonly rotateToken?: boolean
}

export const command: CommandSpec<Flags> = {
  options: [
    { flags: '--url', doc: 'Print the link, and open nothing' },
    { flags: '--rotate-token', doc: 'Replace the token: links and pages that have the old one are locked out' },
  ],
  json: true,
  examples: () => ['zato-ts dashboard', 'zato-ts dashboard --url', 'zato-ts dashboard --rotate-token'],
  async run(context, flags) {
    const { file } = readOptionsOf(context)
    if (flags.rotateToken) {
      await rotateToken(file)
      sayDone(context, 'The dashboard has a new token')
    }
    const server = await servedDashboard(file)
    if (!server) {
      if (flags.rotateToken) return 0
      throw new ZatoError('ZU009', 'No server of this project has a dashboard', {
        hint: 'start one with "zato-ts serve"',
      })
    }
    const link = `${server.url}#t=${await keptToken(file)}`
    print(context, link, server)
    const opens = context.out.isTTY && !flags.url && !flags.rotateToken && !context.json
    if (opens) await openBrowser(link, context.io.env)
    return 0
  },
}

interface Served {
  /** Of the dashboard. */
  readonly url: string
  readonly record: ServerRecord
}

/** That of the server that was started last. */
async function servedDashboard(file: string): Promise<Served | undefined> {
  const records = await findRunningServers(file)
  const found = records.flatMap((record) => (record.dashboard === undefined ? [] : [{ url: record.dashboard, record }]))
  return found.at(-1)
}

function print({ json, out }: Context, link: string, { url, record }: Served): void {
  if (json) writeJson(out, { v: 1, link, url, channels: record.url, pid: record.pid })
  else out.line(link)
}
