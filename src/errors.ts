/**
 * The one error family, and the catalogue behind it: each code has its HTTP status, its exit code and its row in
 * docs/errors.md (a test holds the two equal).
 */

interface CatalogueEntry {
  /** HTTP status that the caller of a channel gets when a service lets this escape. */
  readonly status: number
  /** Exit code of a command that ends with it. */
  readonly exit: number
  /** What happened, in one line of documentation. */
  readonly meaning: string
}

const entry = (status: number, exit: number, meaning: string): CatalogueEntry => ({ status, exit, meaning })

/** Every error code: ZC the project file, ZS services, ZH channels, ZN outgoing calls, ZU usage, ZX a bug. */
export const errorCatalogue = {
  ZC001: entry(500, 2, 'The file is not valid YAML'),
  ZC002: entry(500, 2, 'The file holds more than one YAML document'),
  ZC003: entry(500, 2, 'The top level of the file is not a mapping of sections'),
  ZC004: entry(500, 2, 'A key stands twice in one mapping'),
  ZC005: entry(500, 2, 'Aliases expand too far, or contain themselves'),
  ZC006: entry(500, 2, 'A value such as {{x}} needs quotes'),
  ZC007: entry(500, 2, 'A file cannot be read, or an included file does not exist'),
  ZC008: entry(500, 2, 'Files include each other in a circle'),
  ZC101: entry(500, 2, 'Unknown section'),
  ZC102: entry(500, 2, 'Unknown key'),
  ZC103: entry(500, 2, 'A required key is missing'),
  ZC104: entry(500, 2, 'A value has the wrong type'),
  ZC105: entry(500, 2, 'A value is outside what is allowed'),
  ZC106: entry(500, 2, 'A path or its placeholders are malformed'),
  ZC107: entry(500, 2, 'A host is not a plain http or https address'),
  ZC108: entry(500, 2, 'A JSONata expression is none'),
  ZC201: entry(500, 2, 'Two items of one section have one name'),
  ZC202: entry(500, 2, 'A security definition does not exist'),
  ZC203: entry(500, 2, 'A service does not exist'),
  ZC204: entry(500, 2, 'Two channels would answer the same request'),
  ZC205: entry(500, 2, 'An environment variable is missing'),
  ZC206: entry(500, 2, 'A group, or a member of one, does not exist'),
  ZC207: entry(500, 2, 'A security definition cannot be used here'),
  ZC301: entry(500, 2, 'zato-ts does not serve this yet, and leaving it out would change what was asked for'),
  ZC302: entry(500, 2, 'zato-ts does not serve this yet; it is left out (warning)'),
  ZC303: entry(500, 2, 'A secret is too short to be hidden wherever it appears (warning)'),
  ZC304: entry(
    500,
    2,
    'An environment file is not there or cannot be read, or a line of it is not understood (warning)',
  ),
  ZC305: entry(500, 2, 'A setting weakens security (warning)'),
  ZC306: entry(500, 2, 'A path looks as if a placeholder was meant (warning)'),
  ZS101: entry(500, 2, 'A service does not compile'),
  ZS102: entry(500, 2, 'A service module fails while it loads'),
  ZS103: entry(500, 2, 'Two services have one name'),
  ZS201: entry(500, 2, 'The service is unknown'),
  ZS202: entry(500, 1, 'A service invokes itself'),
  ZS301: entry(400, 4, 'The input does not match the service’s input schema'),
  ZS302: entry(500, 1, 'The payload does not match the service’s output schema'),
  ZS303: entry(500, 1, 'The response of a service cannot be sent: impossible status, header or payload'),
  ZS500: entry(500, 1, 'A service threw'),
  ZS501: entry(500, 1, 'An error of a service escaped to where nobody catches it'),
  ZS502: entry(500, 1, 'A service ended the process that it ran in'),
  ZS503: entry(500, 1, 'A service took more memory than server.max_memory allows'),
  ZS504: entry(504, 1, 'A service did not let anything else run for server.stall_timeout'),
  ZH400: entry(400, 4, 'The request is malformed'),
  ZH401: entry(401, 4, 'The credentials are missing or wrong'),
  ZH403: entry(403, 4, 'The caller may not use this channel, or comes from another site'),
  ZH404: entry(404, 4, 'No channel answers this path'),
  ZH405: entry(405, 4, 'The path is known, the method is not'),
  ZH413: entry(413, 4, 'The body is over the limit'),
  ZH421: entry(421, 4, 'The Host header names another host'),
  ZH500: entry(500, 5, 'The channel refuses to work, because of its definition'),
  ZH503: entry(503, 5, 'The server cannot serve right now'),
  ZH504: entry(504, 5, 'The request took longer than server.request_timeout'),
  ZHxxx: entry(500, 5, 'A service answered with an error of its own choice (HttpError and its kin)'),
  ZN101: entry(502, 6, 'The host name was not found'),
  ZN102: entry(502, 6, 'The connection was refused'),
  ZN103: entry(502, 6, 'TLS failed'),
  ZN104: entry(502, 6, 'The connection could not be made'),
  ZN105: entry(502, 6, 'The proxy refused'),
  ZN106: entry(502, 6, 'The circuit breaker of the connection is open: nothing was sent'),
  ZN201: entry(504, 7, 'No complete answer in time'),
  ZN301: entry(502, 6, 'The reply was broken'),
  ZN302: entry(502, 6, 'The reply was larger than max_response_size'),
  ZN303: entry(502, 6, 'The token endpoint refused to give a token'),
  ZN304: entry(502, 6, 'The response_map of a declared call cannot be applied to its reply'),
  ZN401: entry(500, 2, 'A value for the path is missing or unusable'),
  ZN402: entry(500, 2, 'The payload cannot be sent'),
  ZN403: entry(500, 2, 'An option of the call is unknown or unusable'),
  ZN404: entry(500, 2, 'A header, method or address of the call is refused'),
  ZN405: entry(500, 2, 'An expression of a declared call failed'),
  ZN501: entry(500, 2, 'The connection is inactive'),
  ZN502: entry(500, 2, 'The connection needs a value that is missing'),
  ZN503: entry(500, 2, 'The connection is unknown'),
  ZN504: entry(500, 2, 'The connection refuses to work, because of its definition'),
  ZN601: entry(500, 130, 'The call was aborted by its caller'),
  ZN701: entry(502, 8, 'The reply does not match its schema'),
  ZU001: entry(500, 2, 'The command line is wrong'),
  ZU002: entry(500, 2, 'No project file was found'),
  ZU003: entry(500, 2, 'A name is unknown'),
  ZU004: entry(500, 1, 'The port is in use, or may not be bound'),
  ZU005: entry(500, 1, 'The project file is being edited by another process, or changed meanwhile'),
  ZU006: entry(500, 2, 'A file is in the way'),
  ZU007: entry(500, 1, 'A file could not be written'),
  ZU008: entry(500, 2, 'The file is written in a way that this edit would harm'),
  ZU009: entry(500, 1, 'No server of the project runs that could be asked'),
  ZU010: entry(500, 1, 'A running server did not answer'),
  ZU130: entry(500, 130, 'Interrupted'),
  ZX001: entry(500, 1, 'A bug in zato-ts'),
} as const satisfies Record<string, CatalogueEntry>

export type ErrorCode = keyof typeof errorCatalogue

export interface ZatoErrorOptions extends ErrorOptions {
  /** What to do next, in one line. */
  readonly hint?: string | undefined
}

/** Base of every error that zato-ts raises on purpose: a code of the catalogue, a message and, mostly, a hint. */
export class ZatoError extends Error {
  readonly code: ErrorCode
  readonly hint: string | undefined

  constructor(code: ErrorCode, message: string, { hint, ...options }: ZatoErrorOptions = {}) {
    super(message, options)
    this.name = new.target.name
    this.code = code
    this.hint = hint
  }

  /** HTTP status for the caller of a channel. */
  get status(): number {
    return errorCatalogue[this.code].status
  }

  /** Exit code for a command. */
  get exitCode(): number {
    return errorCatalogue[this.code].exit
  }
}

/** A mistake of the person at the command line or of the project file: printed in one line, never with a stack. */
export class UsageError extends ZatoError {}
