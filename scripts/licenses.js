import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Rolldown's plugin that writes the licence texts of the packages that have become part of dist/. */
export const licenses = {
  name: 'licenses',
  generateBundle(_, files) {
    const ids = Object.values(files).flatMap(({ moduleIds = [] }) => moduleIds)
    const folders = ids.flatMap((id) => /^[^\0]*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0] ?? [])
    const texts = [...new Set(folders)].sort().map(licenseOf)
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES', source: texts.join(`\n${'-'.repeat(80)}\n\n`) })
  },
}

function licenseOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (!file) throw new Error(`The package "${name}" has no licence text`)
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
