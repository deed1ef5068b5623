import type { Problem } from '../project/problem.js'
import type { Project } from '../project/project.js'
import type { ServiceInfo } from '../service/registry.js'

export interface InspectedServices {
  readonly services: readonly ServiceInfo[]
  readonly problems: readonly Problem[]
}

export declare function inspectServices(options: { project: Project }): Promise<InspectedServices>
