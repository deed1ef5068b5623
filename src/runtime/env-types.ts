import { writeEnvTypes } from '../project/env-types.js'
import type { Project } from '../project/project.js'

/** Keeps zato-env.d.ts in step with the connections; looks at the file only when one of them has changed. */
export class EnvTypes {
  #written: string | undefined

  async update(project: Project): Promise<void> {
    const connections = JSON.stringify(project.outgoingRest.map(({ name, urlPath }) => [name, urlPath]))
    if (connections === this.#written) return
    await writeEnvTypes(project)
    this.#written = connections
  }
}
