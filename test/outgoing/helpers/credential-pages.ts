import { readFileSync, readdirSync } from 'node:fs'

/** One page of docs/credentials/. */
export interface CredentialPage {
  /** Its file, without `.md`. */
  readonly name: string
  readonly text: string
  /** The zato.yaml of each section that has one, by its heading. */
  readonly examples: ReadonlyMap<string, string>
  /** What the table of failures says is seen, in its order. */
  readonly failures: readonly string[]
}

const folder = new URL('../../../docs/credentials/', import.meta.url)

export const index = readFileSync(new URL('../credentials.md', folder), 'utf8')

export const pages: readonly CredentialPage[] = readdirSync(folder)
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const sections = text.split(/^## /m).slice(1)
    return {
      name: file.replace(/\.md$/, ''),
      text,
      examples: new Map(sections.flatMap(examplesOf)),
      failures: sections.filter((section) => section.startsWith('When it fails\n')).flatMap(firstCells),
    }
  })

/** @throws Error for a section with several, which no test would know apart */
function examplesOf(section: string): [heading: string, yaml: string][] {
  const heading = section.split('\n', 1)[0] ?? ''
  const found = [...section.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, yaml = '']) => yaml)
  if (found.length > 1) throw new Error(`"${heading}" has several examples`)
  return found.map((yaml) => [heading, yaml])
}

function firstCells(section: string): string[] {
  return [...section.matchAll(/^\| `(.+?)` \|/gm)].map(([, cell = '']) => cell)
}
