import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, join } from 'node:path'

/** How the TypeScript of a project is to be compiled, as far as its own tsconfig.json cannot say so. */
export interface CompilerSettings {
  /** To be used in place of the project's own; undefined where that is right as it is. */
  readonly tsconfig: string | undefined
  /** The files that say so: the project's tsconfig.json and all that it extends. */
  readonly files: readonly string[]
}

const none: CompilerSettings = { tsconfig: undefined, files: [] }

/**
 * With a `target` before ES2022, or where it is asked for, class fields are assigned and not defined. The `name` of a class
 * cannot be assigned, so that `static name = '…'` would fail: then a tsconfig.json is made that extends the project's and says
 * nothing but that fields are defined.
 *
 * @param folder the services folder
 * @param scratch a folder for that file; it must stay as long as the settings are used
 */
export async function readCompilerSettings(folder: string, scratch: string): Promise<CompilerSettings> {
  const path = nearest(folder)
  if (path === undefined) return none
  const { parseTsconfig } = await import('get-tsconfig')
  const looked = new Map<string, string>()
  try {
    const { compilerOptions } = parseTsconfig(path, looked)
    const files = filesRead(looked)
    if (definesFields(compilerOptions)) return { tsconfig: undefined, files }
    return { tsconfig: await writeOverride(path, scratch), files }
  } catch {
    // The bundler reads it too, and says what is wrong with it.
    return { tsconfig: undefined, files: [path, ...filesRead(looked)] }
  }
}

function nearest(folder: string): string | undefined {
  const path = join(folder, 'tsconfig.json')
  if (existsSync(path)) return path
  const above = dirname(folder)
  return above === folder ? undefined : nearest(above)
}

interface FieldOptions {
  readonly target?: string | undefined
  readonly useDefineForClassFields?: boolean | undefined
}

/** Without a target the bundler takes the newest. */
function definesFields({ target, useDefineForClassFields }: FieldOptions = {}): boolean {
  return useDefineForClassFields ?? (target === undefined || definingTarget.test(target))
}

const definingTarget = /^(es202[2-9]|es20[3-9]\d|esnext)$/i

async function writeOverride(path: string, scratch: string): Promise<string> {
  const file = join(scratch, `tsconfig-${randomUUID()}.json`)
  const override = { extends: path, compilerOptions: { useDefineForClassFields: true } }
  await writeFile(file, JSON.stringify(override), { mode: 0o600 })
  return file
}

/** The keys say what was done with which file. */
function filesRead(looked: ReadonlyMap<string, string>): string[] {
  const keys = [...looked.keys()].filter((key) => key.startsWith('readFileSync:'))
  return keys.map((key) => key.slice('readFileSync:'.length).replace(/:utf8$/, '')).filter(isAbsolute)
}
