import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Incoming } from '../exchange.js'
import type { Project } from '../project/project.js'
import { PacketReader, PacketWriter } from './frames.js'
import { Generation } from './generation.js'
import type { FromServices, ToServices } from './messages.js'
import { publicEntry } from './package-files.js'
import { RequestServer } from './request-server.js'
import { WireReader, WireWriter } from './wire.js'

/** A service that does nothing, as the bundler would hand it over. */
const code = (
  entry: string,
) => `import { createRequire as load } from 'node:module'; const require = load(import.meta.url)
import { Service } from ${JSON.stringify(entry)}
class Rehearsal extends Service { static name = 'rehearsal'; handle() { return { input: this.request.input } } }
export default [{ file: 'rehearsal.ts', name: 'rehearsal', exports: { Rehearsal } }]
//# sourceMappingURL=data:application/json;base64,${sourceMap}
`

/** Of no source, which a debugger would list. */
const sourceMap = Buffer.from(JSON.stringify({ version: 3, sources: [], names: [], mappings: '' })).toString('base64')

const incoming: Incoming = {
  cid: 'rehearsal',
  service: 'rehearsal',
  channel: { name: '', dataFormat: 'json', urlParamsPri: 'path-over-qs', paramsPri: 'channel-params-over-msg' },
  method: 'GET',
  path: '/',
  params: { id: '1' },
  query: {},
  headers: { host: 'localhost' },
  remoteAddress: '',
}

/** The first times are the slowest by far; from then on it gets better in small steps. */
const loads = 4
const requestsOfEach = 5

/**
 * Loads builds and answers requests before it counts: what runs for the first time is compiled first, and that takes
 * longer than the rest of a reload. Nobody hears of it.
 *
 * @param folder a folder that only this user can enter
 * @param isOver whether there is something to do that counts
 */
export async function rehearse(project: Project, folder: string, isOver: () => boolean): Promise<void> {
  const entry = publicEntry('zato-ts')
  if (entry === undefined) return
  for (let load = 0; load < loads && !isOver(); load++) {
    const file = join(folder, `${randomUUID()}.mjs`)
    const loaded = await Generation.load({ project, code: Buffer.from(code(entry)), file, logSink: () => undefined })
    if (!loaded.generation) return
    answer(loaded.generation)
    await loaded.generation.close()
  }
}

/** Answers requests as they cross from the main process, and says so to nobody. */
function answer({ run }: Generation): void {
  const answers = new PacketWriter()
  const toMain = new WireWriter()
  const server = new RequestServer(run, (message: FromServices, body = new Uint8Array()) => {
    answers.add(toMain.write(message), body)
  })
  const fromMain = new WireReader()
  const reader = new PacketReader(({ head, body }) => {
    const message = fromMain.read(head) as Extract<ToServices, { type: 'request' }>
    server.run({ id: message.id, incoming: message.incoming, body })
  })
  const requests = new PacketWriter()
  const toServices = new WireWriter()
  for (let id = 0; id < requestsOfEach; id++) {
    requests.add(toServices.write({ type: 'request', id, incoming }), new Uint8Array())
  }
  for (const piece of requests.take()) reader.push(Buffer.from(piece))
  answers.take()
}
