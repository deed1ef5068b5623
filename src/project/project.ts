import type {
  ChannelDefinition,
  DevSettings,
  GroupDefinition,
  OutgoingDefinition,
  SecurityDefinition,
  ServerSettings,
} from './schema.js'

/**
 * A project file, read, resolved and checked: frozen, and plain JSON data, so that it can cross to the process of the
 * services. Nothing here is optional that has a default.
 */
export interface Project {
  /** Absolute path of zato.yaml. */
  readonly file: string
  /** Absolute path of its folder. */
  readonly root: string
  /** Name for people: that of the folder. */
  readonly name: string
  readonly outgoingRest: readonly OutgoingDefinition[]
  readonly channelRest: readonly ChannelDefinition[]
  readonly security: readonly SecurityDefinition[]
  readonly groups: readonly GroupDefinition[]
  readonly server: ServerSettings
  readonly dev: DevSettings
  /** The resolved environment: the files of the project under the real one. */
  readonly environment: Readonly<Record<string, string>>
  /** Every resolved secret value, for the redactor. */
  readonly secrets: readonly string[]
  /**
   * Names of headers that hold a secret by definition (`apikey`, static bearer tokens), and of what connections hide
   * (`redact`), for the redactor.
   */
  readonly secretNames: readonly string[]
  /** Paths of JSON fields that connections hide (`redact`), for the redactor. */
  readonly secretPaths: readonly string[]
}
