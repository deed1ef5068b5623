import { readFile, stat } from 'node:fs/promises'
import type { ServiceInfo } from '../../service/registry.js'

/** A service and what its source says. */
export interface ServiceSource {
  readonly name: string
  /** Absolute path. */
  readonly file: string
  readonly line: number | undefined
  readonly verbs: readonly string[]
  readonly hasInput: boolean
  /** Names of the connections that its source mentions. */
  readonly connections: readonly string[]
}

interface KnownText {
  /** Of the file when it was read. */
  readonly version: string
  readonly text: string
}

/** Looks through the sources of services for what no generation tells: where they stand and what they mention. */
export class ServiceSources {
  readonly #texts = new Map<string, KnownText>()

  /** @param connections names of all connections */
  read(services: readonly ServiceInfo[], connections: readonly string[]): Promise<ServiceSource[]> {
    return Promise.all(services.map((service) => this.#read(service, connections)))
  }

  async #read({ name, file, exportName, verbs }: ServiceInfo, connections: readonly string[]): Promise<ServiceSource> {
    const own = ownPart(await this.#text(file), exportName)
    return {
      name,
      file,
      line: own.line,
      verbs,
      hasInput: /\bstatic\s+(?:override\s+)?(?:readonly\s+)?input\b/.test(own.text),
      connections: connections.filter((connection) => mentions(own.text, connection)),
    }
  }

  async #text(file: string): Promise<string> {
    const stats = await stat(file).catch(() => undefined)
    if (!stats) return ''
    const version = `${stats.mtimeMs} ${stats.size}`
    const known = this.#texts.get(file)
    if (known?.version === version) return known.text
    const text = await readFile(file, 'utf8').catch(() => '')
    this.#texts.set(file, { version, text })
    return text
  }
}

/** The class of a service within its file, up to the next one; the whole file if it is not found by its name. */
function ownPart(text: string, exportName: string): { readonly text: string; readonly line: number | undefined } {
  const classes = [...text.matchAll(/^[ \t]*(?:export\s+)?(?:default\s+)?(?:abstract\s+)?class\s+([\w$]*)/gm)]
  const named = classes.findIndex(([, name]) => name === exportName)
  const index = named === -1 && classes.length === 1 ? 0 : named
  const found = classes[index]
  if (!found) return { text, line: undefined }
  const end = classes[index + 1]?.index ?? text.length
  const line = text.slice(0, found.index).split('\n').length
  // What stands outside of classes may be used by any of them.
  const before = text.slice(0, classes[0]?.index ?? 0)
  return { text: before + text.slice(found.index, end), line }
}

/** `rest['Orders API']`, a constant with the name, or `rest.Orders`. */
function mentions(text: string, connection: string): boolean {
  const quoted = ["'", '"', '`'].some((quote) => text.includes(quote + connection + quote))
  if (quoted) return true
  return (
    /^[\w$]+$/.test(connection) && new RegExp(`\\brest\\.${connection.replaceAll('$', '\\$')}(?![\\w$])`).test(text)
  )
}
