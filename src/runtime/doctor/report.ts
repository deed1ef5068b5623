/** What `zato-ts doctor` finds out: plain data, redacted. */

export interface Check {
  readonly level: 'ok' | 'warning' | 'error'
  readonly message: string
  /** What to do. */
  readonly hint?: string | undefined
}

/** Where a value comes from: a line of the project file, a variable of the environment, both, or neither. */
export interface Origin {
  readonly kind: 'file' | 'environment' | 'default'
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly variables?: readonly VariableOrigin[] | undefined
}

/** A variable, and the `.env` file that sets it; without one it is set in the environment itself, or missing. */
export interface VariableOrigin {
  readonly name: string
  readonly from: 'environment' | 'missing' | 'file'
  readonly file?: string | undefined
}

export interface EffectiveValue {
  readonly name: string
  readonly value: string
  readonly origin: Origin
}

export interface ConnectionReport {
  readonly name: string
  readonly state: 'active' | 'inactive' | 'refuses'
  readonly values: readonly EffectiveValue[]
  readonly checks: readonly Check[]
}

export interface DoctorReport {
  readonly versions: { readonly zatoTs: string; readonly node: string; readonly platform: string }
  /** Undefined if there is no project file. */
  readonly project: ProjectReport | undefined
  /** Variables that decide something, set or not. */
  readonly environment: readonly EffectiveValue[]
  /** Of the setup, and of the project as a whole. */
  readonly checks: readonly Check[]
  readonly connections: readonly ConnectionReport[]
}

export interface ProjectReport {
  readonly file: string
  /** Files that it includes. */
  readonly includes: readonly string[]
  readonly envFiles: readonly { readonly file: string; readonly variables: number }[]
  /** Names of variables that the file refers to and nobody sets. */
  readonly missing: readonly string[]
  /** How many secrets are hidden wherever they appear. */
  readonly secrets: number
  readonly services: { readonly folder: string; readonly files: number | undefined }
  readonly servers: readonly { readonly pid: number; readonly url: string; readonly since: number }[]
}
