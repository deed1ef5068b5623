import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'

/** The page as the build has made it: few files, in memory, each with what the build has compressed it to. */
export interface Assets {
  /** What stands behind a path; the page itself for every other. Undefined if the page has not been built. */
  find(path: string): Asset | undefined
}

export interface Asset {
  readonly type: string
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isHashed: boolean
  readonly plain: Buffer
  readonly br: Buffer | undefined
  readonly gzip: Buffer | undefined
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ico': 'image/x-icon',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
}

/** Where the build puts it. It is found through the package's own package.json, because the build puts this code elsewhere. */
export function assetFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('zato-ts/package.json')), 'dist', 'dashboard')
}

export async function loadAssets(folder = assetFolder()): Promise<Assets> {
  const names = await readdir(folder).catch(() => [])
  const bytes = new Map<string, Buffer>()
  for (const name of names) {
    const content = await readFile(join(folder, name)).catch(() => undefined)
    if (content) bytes.set(name, content)
  }
  const assets = new Map<string, Asset>()
  for (const [name, plain] of bytes) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const isHashed = /-[A-Z\d]{8}\.[a-z\d]+$/.test(name)
    assets.set(`/${name}`, { type, isHashed, plain, br: bytes.get(`${name}.br`), gzip: bytes.get(`${name}.gz`) })
  }
  const page = assets.get('/index.html')
  return { find: (path) => assets.get(path) ?? (page && isPage(path) ? page : undefined) }
}

/** The page finds its way by itself; what looks like a file of it and is none is not the page. */
function isPage(path: string): boolean {
  return path.lastIndexOf('/') > 0 || extname(path) === '' || path === '/index.html'
}
