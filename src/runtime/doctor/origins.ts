import type { ReadResult } from '../../project/read.js'
import type { SectionName } from '../../project/sections.js'
import type { Origin, VariableOrigin } from './report.js'

type Environment = Readonly<Record<string, string | undefined>>

/** Tells where values come from. */
export class Origins {
  readonly #read: ReadResult
  readonly #env: Environment

  /** @param env the real environment, which wins over the files */
  constructor(read: ReadResult, env: Environment) {
    this.#read = read
    this.#env = env
  }

  /** Of a field; the first of several that stands in the file. */
  ofField(section: SectionName, item: string, ...fields: readonly string[]): Origin {
    for (const field of fields) {
      const place = this.#read.place(section, item, field)
      if (!place) continue
      const variables = this.#read.variables(section, item, field).map((name) => this.ofVariable(name))
      const { file, line } = place
      return { kind: 'file', file, line, ...(variables.length > 0 && { variables }) }
    }
    return { kind: 'default' }
  }

  ofEnvironment(name: string): Origin {
    return { kind: 'environment', variables: [this.ofVariable(name)] }
  }

  ofVariable(name: string): VariableOrigin {
    if (this.#env[name] !== undefined) return { name, from: 'environment' }
    const found = this.#read.envFiles.findLast(({ names }) => names.includes(name))
    return found ? { name, from: 'file', file: found.file } : { name, from: 'missing' }
  }
}
