import { isAbsolute, relative, resolve, sep } from 'node:path'

/** A path as zato.yaml has it: relative to the file's folder. What is absolute, or refers to a variable, stays as it was given. */
export function pathInFile(given: string, { cwd, folder }: { readonly cwd: string; readonly folder: string }): string {
  if (isAbsolute(given) || given.includes('${')) return given
  return relative(folder, resolve(cwd, given)).split(sep).join('/')
}
