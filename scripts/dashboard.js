// Makes dist/dashboard/: the page of the dashboard, its script and style under names that change with their content, and each
// of them compressed, so that the server has nothing to do but send them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** @returns {Promise<import('esbuild').Metafile>} what went into it, by size */
export async function buildDashboard(root, folder) {
  const app = join(root, 'src/dashboard/app')
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { app: join(app, 'main.tsx'), theme: join(app, 'theme.ts') },
    entryNames: '[name]-[hash]',
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'eof',
    metafile: true,
    tsconfig: join(app, 'tsconfig.json'),
    logLevel: 'error',
  })
  const names = Object.keys(metafile.outputs).map((path) => basename(path))
  const page = readFileSync(join(app, 'index.html'), 'utf8')
    .replace('%APP_CSS%', named(names, /^app-.*\.css$/))
    .replace('%APP_JS%', named(names, /^app-.*\.js$/))
    .replace('%THEME_JS%', named(names, /^theme-.*\.js$/))
  writeFileSync(join(folder, 'index.html'), page)
  writeFileSync(join(folder, 'favicon.svg'), readFileSync(join(app, 'favicon.svg')))
  for (const name of [...names, 'index.html', 'favicon.svg']) compress(join(folder, name))
  return metafile
}

function named(names, pattern) {
  const found = names.find((name) => pattern.test(name))
  if (found === undefined) throw new Error(`The dashboard has no file like ${pattern}`)
  return found
}

function compress(file) {
  const bytes = readFileSync(file)
  writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }))
  writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }))
}
