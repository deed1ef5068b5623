import type { Project } from './project.js'

export function renderEnvTypes(connections: readonly { readonly name: string; readonly urlPath: string }[]): string {
  return String(connections.length)
}

export function writeEnvTypes(project: Project): Promise<boolean> {
  return Promise.resolve(project.file === '')
}
