import { fileURLToPath } from 'node:url'

/** Whichever of the two runs. */
const ownFolders = ['../../src/', '../../dist/'].map((path) => fileURLToPath(new URL(path, import.meta.url)))

/**
 * The lines of a stack that tell something to whoever wrote the services: frames of zato-ts and of the inside of Node are
 * left out. If there are no others, it is left as it is, or, for an error of zato-ts, which says by itself what is wrong, nothing is left.
 */
export function toldLines(text: string, { isOwnError }: { isOwnError: boolean }): string[] {
  const lines = text.split('\n')
  const told = lines.filter((line) => !(isFrame(line) && isInside(line)))
  if (told.some(isFrame) || !lines.some(isFrame)) return told
  return isOwnError ? [] : lines
}

export function isFrame(line: string): boolean {
  return /^\s+at /.test(line)
}

function isInside(frame: string): boolean {
  return (
    /[( ]node:(internal\/|async_hooks:)/.test(frame) ||
    frame.endsWith('at new Promise (<anonymous>)') ||
    ownFolders.some((folder) => frame.includes(folder))
  )
}
