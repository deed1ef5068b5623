import type { Project } from '../project/project.js'

/** Names of the services, as far as they load. */
export async function serviceNames(project: Project): Promise<string[]> {
  const { inspectServices } = await import('../runtime/services.js')
  const { services } = await inspectServices({ project })
  return services.map(({ name }) => name)
}
