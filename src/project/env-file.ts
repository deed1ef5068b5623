export interface EnvValue {
  /** Path of the `.env` file; made if it is absent, readable by its owner only. */
  readonly file: string
  readonly name: string
  readonly value: string
}

export function setEnvValue({ file }: EnvValue): Promise<void> {
  return Promise.reject(new Error(file))
}
