import { fileURLToPath } from 'node:url'

/** Where the package keeps what it copies; three folders up from here both in src/ and in dist/. */
const templates = new URL('../../../templates/', import.meta.url)

/** Absolute path of the project that `init` copies. */
export const projectTemplate = fileURLToPath(new URL('project', templates))

export const serviceTemplates = ['get', 'post', 'params', 'headers', 'status', 'blank'] as const

/** One template for each way of calling an API, and one that calls nothing. */
export type ServiceTemplate = (typeof serviceTemplates)[number]

/** Absolute path of a service's template. */
export function serviceTemplateFile(template: ServiceTemplate): string {
  return fileURLToPath(new URL(`service/${template}.ts`, templates))
}
