import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Project } from '../project/project.js'
import { Generation } from './generation.js'
import { publicEntry } from './package-files.js'
import { RequestServer } from './request-server.js'

/** A service that does nothing, as the bundler would hand it over. */
const code = (entry: string) => `import { Service } from ${JSON.stringify(entry)}
class Rehearsal extends Service { static name = 'rehearsal'; handle() { return { input: this.request.input } } }
export default [{ file: 'rehearsal.ts', name: 'rehearsal', exports: { Rehearsal } }]
`

const incoming = {
  cid: 'rehearsal',
  service: 'rehearsal',
  channel: { name: '', dataFormat: 'json', urlParamsPri: 'path-over-qs', paramsPri: 'channel-params-over-msg' },
  method: 'GET',
  path: '/',
  params: { id: '1' },
  query: {},
  headers: {},
  remoteAddress: '',
} as const

/**
 * Loads a build and answers a request once before it counts: what runs for the first time is compiled first, and that takes
 * longer than the rest of a reload. Nobody hears of it.
 *
 * @param folder a folder that only this user can enter
 */
export async function rehearse(project: Project, folder: string): Promise<void> {
  const entry = publicEntry('zato-ts')
  if (entry === undefined) return
  const file = join(folder, `${randomUUID()}.mjs`)
  const loaded = await Generation.load({ project, code: Buffer.from(code(entry)), file, logSink: () => undefined })
  if (!loaded.generation) return
  new RequestServer(loaded.generation.run, () => undefined).run({ id: 0, incoming, body: new Uint8Array() })
  await loaded.generation.close()
}
