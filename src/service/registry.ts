import { inspect } from 'node:util'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { ZatoError } from '../errors.js'
import { didYouMean } from '../nearest.js'
import { deriveName, ownName } from './names.js'
import { isStandardSchema } from './schema.js'
import { type ClassPlace, ServiceMistake } from './service-mistake.js'
import { type Service, type ServiceContext, serviceBrand } from './service.js'
import { type Handlers, type Verb, fieldHandlerOf, handlersOf } from './verbs.js'

/** A loaded module of the services folder. */
export interface ServiceModule {
  /** Absolute path of the source. */
  readonly file: string
  /** Path below the services folder, without extension, with slashes: `billing/get-invoice`. */
  readonly name: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** A class that can be run. */
export interface ServiceClass {
  new (): Service<unknown>
  readonly name: string
  readonly [serviceBrand]: (context: ServiceContext) => Service<unknown>
}

/** What is told about a service. */
export interface ServiceInfo {
  readonly name: string
  /** Absolute path of the source. */
  readonly file: string
  readonly exportName: string
  /** HTTP methods with a handler of their own (`handleGET`…); empty if `handle` serves all of them. */
  readonly verbs: readonly Verb[]
}

/** A service, looked through once so that running it need not. */
export interface RegisteredService extends ServiceInfo {
  readonly serviceClass: ServiceClass
  readonly handlers: Handlers
  readonly input: StandardSchemaV1 | undefined
  readonly output: StandardSchemaV1 | undefined
}

/** All services of a project, by name. */
export class ServiceRegistry {
  readonly #byName = new Map<string, RegisteredService>()
  readonly #byClass = new Map<object, RegisteredService>()

  /**
   * Finds the services among the exports of modules. A class that is exported more than once is one service: what is
   * exported by name from a file that is no `index` goes before a default export and a re-export.
   *
   * @throws ZatoError ZS103 if two services have one name, ZS102 if a name or a schema is unusable
   */
  static from(modules: readonly ServiceModule[]): ServiceRegistry {
    const registry = new ServiceRegistry()
    for (const found of modules.flatMap(servicesOf).sort(byPlace)) {
      if (!registry.#byClass.has(found.serviceClass)) registry.#add(register(found))
    }
    return registry
  }

  /** The class of this name. */
  get(name: string): ServiceClass | undefined {
    return this.#byName.get(name)?.serviceClass
  }

  /**
   * The service of this name or class.
   *
   * @throws ZatoError ZS201 with the closest names
   */
  find(service: string | object): RegisteredService {
    const found = typeof service === 'string' ? this.#byName.get(service) : this.#byClass.get(service)
    if (found) return found
    if (typeof service === 'string') {
      const hint = didYouMean(service, this.#byName.keys()) ?? '"zato-ts check -v" lists the services that were found'
      throw new ZatoError('ZS201', `There is no service "${service}"`, { hint })
    }
    const { name } = service as { name?: unknown }
    throw new ZatoError('ZS201', `The class "${String(name)}" is no service of this project`, {
      hint: 'export it from a file in the services folder, and give it a "handle"',
    })
  }

  /** All names, sorted. */
  names(): string[] {
    return [...this.#byName.keys()].sort()
  }

  /** All services, sorted by name. */
  list(): ServiceInfo[] {
    const infos = [...this.#byName.values()].map(({ name, file, exportName, verbs }) => ({
      name,
      file,
      exportName,
      verbs,
    }))
    return infos.sort((a, b) => compare(a.name, b.name))
  }

  #add(service: RegisteredService): void {
    const other = this.#byName.get(service.name)
    if (other) {
      throw new ServiceMistake(
        'ZS103',
        `Two services have the name "${service.name}": "${other.exportName}" in ${other.file} and "${service.exportName}" in ${service.file}`,
        { place: service, hint: 'give one of them another "static override readonly name"' },
      )
    }
    this.#byName.set(service.name, service)
    this.#byClass.set(service.serviceClass, service)
  }
}

interface FoundService {
  readonly module: ServiceModule
  readonly exportName: string
  readonly serviceClass: ServiceClass
  readonly handlers: Handlers
}

function servicesOf(module: ServiceModule): FoundService[] {
  return Object.entries(module.exports).flatMap(([exportName, serviceClass]) => {
    if (!isServiceClass(serviceClass)) return []
    refuseFieldHandler(serviceClass, { file: module.file, exportName })
    const handlers = handlersOf(serviceClass)
    return handlers.handle || handlers.verbs.length > 0 ? [{ module, exportName, serviceClass, handlers }] : []
  })
}

/** Left alone it would be no service, or not serve that verb, and nobody would say why. */
function refuseFieldHandler(serviceClass: ServiceClass, place: ClassPlace): void {
  const name = fieldHandlerOf(serviceClass)
  if (name === undefined) return
  throw new ServiceMistake('ZS102', `The "${name}" of ${placeText(place)} is a field, not a method`, {
    place: { ...place, member: name },
    hint: `write "async ${name}() { … }" in place of "${name} = …"`,
  })
}

function placeText({ file, exportName }: ClassPlace): string {
  return `"${exportName}" in ${file}`
}

function isServiceClass(value: unknown): value is ServiceClass {
  return typeof value === 'function' && serviceBrand in value
}

function register({ module, exportName, serviceClass, handlers }: FoundService): RegisteredService {
  const place = { file: module.file, exportName }
  const { input, output } = serviceClass as { readonly input?: unknown; readonly output?: unknown }
  return {
    name: nameOf(serviceClass, place) ?? deriveName(module.name, exportName),
    file: module.file,
    exportName,
    verbs: handlers.verbs,
    serviceClass,
    handlers,
    input: schemaOf(input, { ...place, member: 'input' }),
    output: schemaOf(output, { ...place, member: 'output' }),
  }
}

function nameOf(serviceClass: ServiceClass, place: ClassPlace): string | undefined {
  const own = ownName(serviceClass)
  if (!own) return undefined
  if (typeof own.value === 'string' && own.value !== '' && own.value.trim() === own.value) return own.value
  throw new ServiceMistake(
    'ZS102',
    `The name of the service ${placeText(place)} is not usable: ${inspect(own.value)}`,
    {
      place: { ...place, member: 'name' },
      hint: 'a name is text, without blanks around it',
    },
  )
}

function schemaOf(schema: unknown, place: ClassPlace & { readonly member: string }): StandardSchemaV1 | undefined {
  if (schema === undefined || isStandardSchema(schema)) return schema
  throw new ServiceMistake('ZS102', `The ${place.member} of ${placeText(place)} is not a schema`, {
    place,
    hint: 'use one that follows Standard Schema: zod 3.24 and later, valibot 1 and later, arktype 2 and later',
  })
}

function byPlace(a: FoundService, b: FoundService): number {
  return (
    Number(isIndex(a)) - Number(isIndex(b)) ||
    Number(a.exportName === 'default') - Number(b.exportName === 'default') ||
    compare(a.module.name, b.module.name) ||
    compare(a.exportName, b.exportName)
  )
}

function isIndex({ module }: FoundService): boolean {
  return /(^|\/)index$/.test(module.name)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
