import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { freePort } from '../harness/ask.js'
import { makeFolder } from '../harness/folder.js'
import { benchFolder } from '../harness/folders.js'
import { type Server, copyProject, startProduct } from '../harness/product.js'
import { start } from '../harness/programs.js'

/** A server for development, whose only route tells which version of its code answers. */
export interface DevServer {
  readonly name: string
  /** Makes a new project, whose version is 0. */
  readonly makeProject: () => string
  readonly start: (project: string) => Promise<Server>
  /** The file that is saved, relative to the project. */
  readonly file: string
  readonly source: (version: number) => string
  /** The path of a reply that begins at once, and ends once there is the file that `?until=` names. */
  readonly slowPath?: string
}

/** Saves the file of a version as an editor does that writes in place. */
export function save({ file, source }: DevServer, project: string, version: number): void {
  writeFileSync(join(project, file), source(version))
}

/** Nothing is called here, so there is no upstream. */
const noUpstream = 'http://127.0.0.1:9'

const versionFile = 'services/version.ts'
const versionSource = readFileSync(join(benchFolder, 'projects/orders', versionFile), 'utf8')

const product = (name: string, watch: boolean): DevServer => ({
  name,
  makeProject: () => copyProject('orders'),
  start: (project) => startProduct({ name, project, upstream: noUpstream, watch }),
  file: versionFile,
  slowPath: '/version/slow',
  source: (version) => versionSource.replaceAll('0 }', `${version} }`),
})

const fastifySource = (version: number) => `import Fastify from 'fastify'

const app = Fastify()
app.get('/version', async () => ({ version: ${version} }))
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' })
`

const nitroFiles = {
  'nitro.config.ts': `import { defineNitroConfig } from 'nitro/config'

export default defineNitroConfig({ serverDir: '.' })
`,
}

const nitroSource = (version: number) => `import { defineHandler } from 'nitro/h3'

export default defineHandler(() => ({ version: ${version} }))
`

interface PeerSpec {
  readonly name: string
  /** Files of the project beside the one that is saved. */
  readonly files?: Readonly<Record<string, string>>
  readonly file: string
  readonly source: (version: number) => string
  /** What is run by Node. */
  readonly args: (port: number) => readonly string[]
}

const peer = ({ name, files = {}, file, source, args }: PeerSpec): DevServer => ({
  name,
  file,
  source,
  makeProject: () => makeProject({ 'package.json': '{ "type": "module" }\n', ...files, [file]: source(0) }),
  async start(project) {
    const port = await freePort()
    const env = { PORT: String(port) }
    const running = start(name, { file: process.execPath, args: args(port), cwd: project, env })
    return { ...running, url: `http://127.0.0.1:${port}` }
  },
})

const installed = (path: string) => join(benchFolder, 'node_modules', path)
const tsx = installed('tsx/dist/cli.mjs')

/** Node runs TypeScript itself from version 22.18 on; before, the same file has to be JavaScript. */
const nodeFile = 'typescript' in process.features && process.features.typescript ? 'server.ts' : 'server.js'

export const watchingProduct = product('zato-ts serve', true)
export const plainProduct = product('zato-ts serve --no-watch', false)

export const tsxWatch = peer({
  name: 'tsx watch, Fastify',
  file: 'server.ts',
  source: fastifySource,
  args: () => [tsx, 'watch', 'server.ts'],
})

export const tsxOnce = peer({
  name: 'tsx, Fastify',
  file: 'server.ts',
  source: fastifySource,
  args: () => [tsx, 'server.ts'],
})

export const nodeWatch = peer({
  name: `node --watch, Fastify (${nodeFile})`,
  file: nodeFile,
  source: fastifySource,
  args: () => ['--watch', nodeFile],
})

export const nodeOnce = peer({
  name: `node, Fastify (${nodeFile})`,
  file: nodeFile,
  source: fastifySource,
  args: () => [nodeFile],
})

export const nitroDev = peer({
  name: 'nitro dev',
  files: nitroFiles,
  file: 'routes/version.ts',
  source: nitroSource,
  args: (port) => [installed('nitro/dist/cli/index.mjs'), 'dev', '--host', '127.0.0.1', '--port', String(port)],
})

function makeProject(files: Readonly<Record<string, string>>): string {
  const folder = makeFolder('project')
  symlinkSync(join(benchFolder, 'node_modules'), join(folder, 'node_modules'))
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
  }
  return folder
}
