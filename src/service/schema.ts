import type { StandardSchemaV1 } from '@standard-schema/spec'
import { ZatoError } from '../errors.js'
import type { InputProblem } from './errors.js'

/** Checks what goes into a service and what comes out of it, with any schema that follows Standard Schema. */

const mostProblems = 100

/** What a caller sent does not match the service's `input`: 400, one entry a problem. */
export class InputMismatch extends ZatoError {
  readonly errors: readonly InputProblem[]

  constructor(service: string, errors: readonly InputProblem[]) {
    super('ZS301', `The input does not match the input schema of "${service}": ${summary(errors)}`)
    this.errors = errors
  }
}

/** A service's payload does not match its `output`: 500, and the log says where. */
export class OutputMismatch extends ZatoError {
  readonly errors: readonly InputProblem[]

  constructor(service: string, errors: readonly InputProblem[]) {
    super('ZS302', `The payload does not match the output schema of "${service}": ${summary(errors)}`)
    this.errors = errors
  }
}

interface Checked {
  /** Name of the service, for the message. */
  readonly service: string
}

/** Whether `value` can be a schema: zod, valibot and arktype all make such objects. */
export function isStandardSchema(value: unknown): value is StandardSchemaV1 {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const props = (value as { '~standard'?: { validate?: unknown } | null })['~standard']
  return typeof props?.validate === 'function'
}

/**
 * The value that the schema makes of `input`: with its defaults and conversions.
 *
 * @throws InputMismatch
 */
export async function checkInput(schema: StandardSchemaV1, input: unknown, { service }: Checked): Promise<unknown> {
  const result = await schema['~standard'].validate(input)
  if (result.issues) throw new InputMismatch(service, problemsOf(result.issues))
  return result.value
}

/**
 * The value that the schema makes of `payload`.
 *
 * @throws OutputMismatch
 */
export async function checkOutput(schema: StandardSchemaV1, payload: unknown, { service }: Checked): Promise<unknown> {
  const result = await schema['~standard'].validate(payload)
  if (result.issues) throw new OutputMismatch(service, problemsOf(result.issues))
  return result.value
}

function problemsOf(issues: readonly StandardSchemaV1.Issue[]): InputProblem[] {
  const shown = issues.slice(0, mostProblems).map(({ message, path }) => ({ path: pointer(path), message }))
  const more = issues.length - shown.length
  return more > 0 ? [...shown, { path: '', message: `${more} more problems` }] : shown
}

/** A JSON pointer (RFC 6901). Paths may be arrays of a class of their own (arktype's are), so they are only iterated. */
function pointer(path: Iterable<PropertyKey | StandardSchemaV1.PathSegment> = []): string {
  return Array.from(path, (part) => `/${escapeKey(typeof part === 'object' ? part.key : part)}`).join('')
}

function escapeKey(key: PropertyKey): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1')
}

function summary(problems: readonly InputProblem[]): string {
  return problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
}
