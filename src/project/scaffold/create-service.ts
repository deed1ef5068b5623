import { readFile } from 'node:fs/promises'
import { relative, resolve, sep } from 'node:path'
import { UsageError } from '../../errors.js'
import { type TemplateConnection, fillTemplate } from './fill-template.js'
import { placeService } from './service-name.js'
import { type ServiceTemplate, serviceTemplateFile } from './templates.js'
import { writeFiles } from './write-files.js'

export interface CreateServiceOptions {
  /** Absolute path of the project's folder. */
  readonly root: string
  /** Folder of the services; absolute or below `root`. */
  readonly services: string
  /** Name of the service, as callers and channels will write it. */
  readonly name: string
  readonly template: ServiceTemplate
  /** The connection that the service calls; `blank` needs none. */
  readonly connection?: TemplateConnection | undefined
}

export interface CreatedService {
  /** Absolute. */
  readonly file: string
  readonly className: string
}

/**
 * Makes a service from a template; each dot of its name is a folder.
 *
 * @throws UsageError ZU001 for a name that cannot be used, or a template that lacks its connection
 * @throws UsageError ZU006 when the file exists
 * @throws ZatoError ZU007 when it cannot be written
 */
export async function createService(options: CreateServiceOptions): Promise<CreatedService> {
  const { root, services, name, template, connection } = options
  if (template !== 'blank' && connection === undefined) throw needsConnection(template)
  const { path, className } = placeService(name)
  const text = await readFile(serviceTemplateFile(template), 'utf8')
  const content = fillTemplate(text, { name, className, connection })
  const file = resolve(root, services, path)
  const newFile = { path: relative(root, file).split(sep).join('/'), content }
  await writeFiles([newFile], { dir: root, hint: 'choose another name, or edit the file' })
  return { file, className }
}

function needsConnection(template: ServiceTemplate): UsageError {
  return new UsageError('ZU001', `The template "${template}" calls a connection, and none is named`, {
    hint: 'name one with --conn, or take --template blank',
  })
}
