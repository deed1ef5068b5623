import { isAbsolute, join, relative, sep } from 'node:path'
import { isLoadedLater } from './lighter-packages.js'

/** What takes Node itself a while to load. */
const network = /^node:(http|crypto|child_process)$/
const yaml = /\bnode_modules\/yaml\//
const undici = /\bnode_modules\/undici\//
const outgoing = /^src\/outgoing\//
const service = /^src\/service\//
const serving = /^src\/(channel|runtime)\//
const project = /^src\/project\//
const writing = /^src\/project\/atomic\.ts$/
const editing = /^src\/project\/(edit|scaffold)\//
const commandLine = /^src\/(commands|output)\//

const services = 'src/runtime/child.ts'
const server = 'src/runtime/server.ts'
const guard = 'src/runtime/guard.ts'

/**
 * The files of dist/ that modules share, from the inside out. One more file costs Node as much time as 100 KB of text, so a
 * command is to load few files; and none that it has no use for. So modules lie together by the heaviest thing that they need:
 * the YAML parser, the HTTP client, a server. What fits nowhere is split by who imports it.
 */
const groups = [
  {
    name: 'base',
    holds: ({ is, needs, isReached }) =>
      (is(project) || isReached('src/commands/run.ts') || (isReached(server) && isReached(services, guard))) &&
      !is(editing, outgoing, service, commandLine) &&
      !needs(yaml, undici, network),
  },
  {
    name: 'outgoing',
    holds: ({ is, needs, isReached }) =>
      (is(outgoing) || (isReached(server) && isReached(services) && !is(service))) && !needs(yaml, undici),
  },
  { name: 'sending', holds: ({ is }) => is(outgoing) },
  { name: 'service', holds: ({ is }) => is(service) },
  { name: 'services', holds: ({ is, isReached }) => is(serving) && isReached(services) },
  { name: 'project', holds: ({ is, needs }) => is(project) && !is(editing) && !needs(network) },
  { name: 'writing', holds: ({ is }) => is(project) && !is(editing) },
  { name: 'cli', holds: ({ is, needs }) => is(commandLine) && !needs(network, yaml, editing, undici, serving) },
  { name: 'reading', holds: ({ is, needs }) => is(commandLine) && !needs(network, editing, undici, serving) },
  {
    name: 'traffic',
    holds: ({ is, needs }) => is(commandLine) && needs(network) && !needs(writing, editing, serving),
  },
  {
    name: 'editing',
    holds: ({ is, needs }) => is(editing) || (is(commandLine) && needs(editing) && !needs(undici, serving)),
  },
  { name: 'server', holds: ({ is, needs, isReached }) => is(serving) && !needs(undici) && !isReached(guard) },
]

/** For Rolldown's `codeSplitting`. What stands in `entries` stays a file of its own. */
export function chunkGroups(root, entries) {
  const nameOf = (id) => (isAbsolute(id) ? relative(root, id).split(sep).join('/') : id)
  const reachOf = remembered((id, modules) => reach(id, modules, nameOf))

  return groups.map(({ name, holds }) => ({
    debugName: name,
    name(id, modules) {
      const file = nameOf(id)
      if (!file.startsWith('src/') || entries.includes(file)) return null
      const is = (...patterns) => patterns.some((pattern) => pattern.test(file))
      const needs = (...patterns) => [...reachOf(id, modules)].some((other) => patterns.some((one) => one.test(other)))
      const isReached = (...from) => from.some((start) => reachOf(join(root, start), modules).has(file))
      if (isReached('src/cli.ts')) return null
      return holds({ is, needs, isReached }) ? name : null
    },
  }))
}

/** Names of all modules that one leads to, by static imports; itself among them. */
function reach(start, modules, nameOf) {
  const found = new Set()
  const visit = (id) => {
    if (found.has(id) || isLoadedLater(id)) return
    found.add(id)
    modules.getModuleInfo(id)?.importedIds.forEach(visit)
  }
  visit(start)
  return new Set([...found].map(nameOf))
}

function remembered(compute) {
  const known = new Map()
  return (id, ...rest) => {
    if (!known.has(id)) known.set(id, compute(id, ...rest))
    return known.get(id)
  }
}
