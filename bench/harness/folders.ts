import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const benchFolder = fileURLToPath(new URL('..', import.meta.url))

export const rootFolder = join(benchFolder, '..')
