import { readFile } from 'node:fs/promises'
import { ZatoError } from '../errors.js'
import type { Project } from '../project/project.js'
import { type ReadOptions, readProject } from '../project/read.js'

/** Every path is a channel's, so that whoever asks is told why there is no answer. */
const channels = `channel_rest:
  - { name: Root, url_path: /, service: none }
  - { name: Every other path, url_path: '/{path}', match_slash: true, service: none }
`

/** The `server` section as it stands, up to the next section. */
const serverSection = /^server:.*\r?\n(?:(?:[ \t]+.*)?\r?\n|#.*\r?\n)*/m

/**
 * What is served in place of a project file that cannot be: channels that have nothing to answer with, on the address that
 * the file asks for if that much of it makes sense.
 */
export async function unreadableProject(options: ReadOptions): Promise<Project> {
  const text = await readFile(options.file, 'utf8').catch(() => '')
  const section = serverSection.exec(`${text}\n`)?.[0] ?? ''
  const project = (await readText(channels + section, options)) ?? (await readText(channels, options))
  if (!project) throw new ZatoError('ZX001', 'The stand-in for an unreadable project file cannot be read itself')
  return project
}

async function readText(text: string, options: ReadOptions): Promise<Project | undefined> {
  const { project } = await readProject({ ...options, texts: new Map([[options.file, text]]) })
  return project
}
