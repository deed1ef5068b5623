import { builtinModules, createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** Modules of Node with functions that few runs call: each is loaded by the first call. */
const seldomCalled = ['node:tls', 'node:zlib', 'node:readline', 'node:stream/consumers']

/**
 * Rolldown's plugin that takes Node's own modules as the objects that they are. To import one reads all that it exports,
 * getters too: that of `WebSocket` in node:http loads all of fetch, 40 ms. Timers stay imports, because tests mock them.
 */
export const builtinsAsObjects = {
  name: 'builtins-as-objects',
  renderChunk(code) {
    return code
      .replace(/^import (.+) from "(node:(?!timers)[^"]+)";$/gm, (_, clause, id) => bindings(clause, id).join(' '))
      .replace(/\b__require\("(?:node:)?([\w/]+)"\)/g, (call, id) =>
        builtinModules.includes(id) ? builtin(`node:${id}`) : call,
      )
  },
}

/** `fs, { readFile as read }` → a declaration for each of the two. */
function bindings(clause, id) {
  const parts = clause.match(/\{.*\}|[\w$]+(?=$|,)/g)
  if (seldomCalled.includes(id)) return parts.flatMap((part) => forwarders(part, id))
  return parts.map((part) => `const ${part.replaceAll(' as ', ': ')} = ${builtin(id)};`)
}

function forwarders(part, id) {
  return part.match(/[\w$]+(?: as [\w$]+)?/g).map((item) => {
    const [name, local = name] = item.split(' as ')
    if (!/^[a-z]/.test(name) || typeof require(id)[name] !== 'function')
      throw new Error(`"${name}" of ${id} is no function`)
    return `const ${local} = (...args) => ${builtin(id)}.${name}(...args);`
  })
}

function builtin(id) {
  // Packages have variables of their own that are called `process`.
  return `globalThis.process.getBuiltinModule(${JSON.stringify(id)})`
}
