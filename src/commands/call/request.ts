import { UsageError } from '../../errors.js'
import type { Context } from '../context.js'
import { readData, readParamsText } from '../input.js'
import { type Params, readParams } from '../params.js'
import type { CallFlags } from './flags.js'

/** A call as the flags describe it; `params` still lack what is asked for. */
export interface CallRequest {
  /** Undefined for that which the connection declares. */
  readonly method: string | undefined
  readonly params: Params
  readonly payload: string | Uint8Array | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly timeout: number | undefined
  readonly retries: number | undefined
}

/** Reads what the flags refer to: files, stdin. */
export async function readRequest(context: Context, flags: CallFlags): Promise<CallRequest> {
  if (flags.data === '-' && flags.params.includes('-')) {
    throw new UsageError('ZU001', 'stdin cannot be both the body and the parameters', {
      hint: 'give one of them as @file',
    })
  }
  const params = await readParams(flags.params, (source) => readParamsText(context, source))
  const payload = flags.data === undefined ? undefined : textOrBytes(await readData(context, flags.data))
  const method = flags.method?.toUpperCase()
  return { method, params, payload, headers: joinedHeaders(flags), timeout: flags.timeout, retries: flags.retry }
}

/** Text is a ready-made body of the connection's format; other bytes are bytes. */
function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes
  }
}

function joinedHeaders({ header }: CallFlags): Record<string, string> {
  const joined = new Map<string, readonly [name: string, value: string]>()
  for (const [name, value] of header) {
    const before = joined.get(name.toLowerCase())
    joined.set(name.toLowerCase(), before ? [before[0], `${before[1]}, ${value}`] : [name, value])
  }
  return Object.fromEntries(joined.values())
}
