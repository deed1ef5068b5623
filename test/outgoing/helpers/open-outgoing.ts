import { createLogger, type LogEntry } from '../../../src/log.js'
import type { Caller } from '../../../src/outgoing/caller.js'
import { Outgoing } from '../../../src/outgoing/outgoing.js'
import type { RestConnection } from '../../../src/outgoing/connection.js'
import type { OutgoingDefinition, SecurityDefinition } from '../../../src/project/schema.js'
import { createRedactor } from '../../../src/redact.js'
import type { CallEvent } from '../../../src/trace/events.js'

export const cid = '0123456789abcdef0123456789abcdef'

/** A definition as reading zato.yaml makes it, with the defaults filled in. */
export function define(definition: Partial<OutgoingDefinition> & { host: string }): OutgoingDefinition {
  return {
    name: 'Orders API',
    urlPath: '',
    dataFormat: 'json',
    description: undefined,
    security: undefined,
    timeout: 60,
    poolSize: 20,
    pingMethod: 'HEAD',
    pingPath: undefined,
    validateTls: true,
    tlsCa: undefined,
    tlsClientCert: undefined,
    tlsClientKey: undefined,
    tlsClientKeyPassphrase: undefined,
    contentType: undefined,
    headers: {},
    json: 'native',
    proxy: undefined,
    circuitBreaker: undefined,
    healthCheckRunEvery: undefined,
    healthCheckRunUnit: 'minutes',
    healthCheckNotifyOn: 'failures',
    healthCheckCallbackType: 'service',
    healthCheckCallbackName: undefined,
    maxResponseSize: 64 * 1024 * 1024,
    maxRetries: 0,
    retrySleepTime: 2,
    retryBackoffThreshold: 60,
    retryBackoffMultiplier: 2,
    traceHeaders: true,
    samples: {},
    redact: undefined,
    method: undefined,
    requestMethod: undefined,
    requestPathParams: [],
    requestQueryString: [],
    requestHeaders: [],
    requestData: undefined,
    requestDataMode: 'text',
    responseMap: undefined,
    responseMapMode: 'jsonata',
    isActive: true,
    ...definition,
  }
}

export interface Opened {
  readonly outgoing: Outgoing
  readonly conn: RestConnection
  readonly events: CallEvent[]
  readonly log: LogEntry[]
}

export interface OpenOptions {
  readonly security?: SecurityDefinition
  readonly secrets?: readonly string[]
  readonly caller?: Caller
  readonly environment?: Readonly<Record<string, string>>
  readonly onlyFailedCalls?: boolean
}

const opened: Outgoing[] = []

/** One connection, ready to be called; `closeAll` closes it after the test. */
export function open(
  definition: Partial<OutgoingDefinition> & { host: string },
  { security, secrets = [], caller = {}, environment = {}, onlyFailedCalls }: OpenOptions = {},
): Opened {
  const events: CallEvent[] = []
  const log: LogEntry[] = []
  const outgoing = new Outgoing({
    project: {
      outgoingRest: [define({ ...(security && { security: security.name }), ...definition })],
      security: security ? [security] : [],
      environment,
    },
    redactor: createRedactor(secrets),
    onEvent: (event) => events.push(event),
    onlyFailedCalls,
    log: createLogger((entry) => log.push(entry)),
  })
  opened.push(outgoing)
  return { outgoing, conn: outgoing.connection(definition.name ?? 'Orders API', caller), events, log }
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((outgoing) => outgoing.close()))
}

/** What a promise rejects with. */
export async function failureOf<E = Error>(promise: Promise<unknown>): Promise<E> {
  try {
    await promise
  } catch (error) {
    return error as E
  }
  throw new Error('It did not fail')
}
