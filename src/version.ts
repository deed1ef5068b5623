import { createRequire } from 'node:module'

/** Version of the package, as in `User-Agent: zato-ts/<version>`. */
export const { version } = createRequire(import.meta.url)('../package.json') as { readonly version: string }
