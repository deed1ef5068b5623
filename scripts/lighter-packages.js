/** Where undici keeps what we import of it. Its index loads three times as much: fetch, WebSocket, cache, mocks. */
const undiciParts = {
  Client: 'undici/lib/dispatcher/client.js',
  buildConnector: 'undici/lib/core/connect.js',
  util: 'undici/lib/core/util.js',
}

/** What packages load at once and rarely use, by who imports it: it is loaded when it is first called. */
const seldomUsed = [
  // HTTP/2, with TLS below it: only if a server has chosen it.
  { importer: /\bundici[\\/]lib[\\/]dispatcher[\\/]client\.js$/, id: './client-h2.js' },
  // Processes: only for commands that are programs of their own, and we have none.
  { importer: /\bcommander[\\/]lib[\\/]command\.js$/, id: 'node:child_process', names: ['spawn'] },
]

/** Named so that the bundler's error says where a part is missing. */
const partsOfUndici = '\0undiciParts in scripts/lighter-packages.js'
const later = '\0later '

/** Whether a module stands for one that is loaded when it is first called. */
export function isLoadedLater(id) {
  return id.startsWith(later)
}

/** Rolldown's plugin that loads less of the packages that commands start with. */
export const lighterPackages = {
  name: 'lighter-packages',
  resolveId: {
    filter: { id: /^(undici|yaml|node:child_process|\.\/client-h2\.js)$/ },
    async handler(id, importer) {
      if (id === 'undici') return partsOfUndici
      if (id === 'yaml') return esModulesOfYaml(await this.resolve(id, importer, { skipSelf: true }))
      const index = seldomUsed.findIndex((one) => one.id === id && one.importer.test(importer))
      if (index === -1) return null
      const found = await this.resolve(id, importer, { skipSelf: true })
      return `${later}${index} ${found.id}`
    },
  },
  load: {
    filter: { id: /^\0(undiciParts |later )/ },
    handler(id) {
      if (id !== partsOfUndici) return forwarder(id.slice(later.length))
      const lines = Object.entries(undiciParts).map(([name, path]) => `export { default as ${name} } from '${path}'`)
      return lines.join('\n')
    },
  },
}

/** Node would get yaml as 60 CommonJS modules. The same sources lie beside them as ES modules, which the bundler can merge. */
function esModulesOfYaml({ id }) {
  const esModules = id.replace(/\bdist[\\/]index\.js$/, 'browser/index.js')
  if (esModules === id) throw new Error(`The ES modules of yaml are not where they were: ${id}`)
  return esModules
}

/** A CommonJS module that loads another when it is called. */
function forwarder(text) {
  const [index, ...path] = text.split(' ')
  const load = `require(${JSON.stringify(path.join(' '))})`
  const { names } = seldomUsed[index]
  if (!names) return `module.exports = (...args) => ${load}(...args)`
  return names.map((name) => `exports.${name} = (...args) => ${load}.${name}(...args)`).join('\n')
}
