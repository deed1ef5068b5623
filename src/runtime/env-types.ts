import type { Logger } from '../log.js'
import { writeEnvTypes } from '../project/env-types.js'
import type { Project } from '../project/project.js'

/** Keeps zato-env.d.ts in step with the connections; looks at the file only when one of them has changed. */
export class EnvTypes {
  readonly #log: Logger
  #written: string | undefined

  constructor(log: Logger) {
    this.#log = log
  }

  /** A file that cannot be written is no reason not to serve. */
  async update(project: Project): Promise<void> {
    const connections = JSON.stringify(
      project.outgoingRest.map(({ name, urlPath, requestPathParams }) => [name, urlPath, requestPathParams]),
    )
    if (connections === this.#written) return
    this.#written = connections
    try {
      await writeEnvTypes(project)
    } catch (error) {
      this.#log.warn('The types of the connections are not up to date', { error })
    }
  }
}
