import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Where the package keeps what it copies. It is found through its own package.json, because the build puts this code elsewhere. */
const packageFile = createRequire(import.meta.url).resolve('zato-ts/package.json')
const templates = new URL('templates/', pathToFileURL(packageFile))

/** Absolute path of the project that `init` copies. */
export const projectTemplate = fileURLToPath(new URL('project', templates))

export const serviceTemplates = ['get', 'post', 'params', 'headers', 'status', 'blank'] as const

/** One template for each way of calling an API, and one that calls nothing. */
export type ServiceTemplate = (typeof serviceTemplates)[number]

/** Absolute path of a service's template. */
export function serviceTemplateFile(template: ServiceTemplate): string {
  return fileURLToPath(new URL(`service/${template}.ts`, templates))
}
