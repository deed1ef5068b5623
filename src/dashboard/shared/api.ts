import type { ReplayEdits } from '../../trace/requests.js'
import type { LogRecord, Trace, TraceSummary } from '../../trace/record.js'

export type {
  CallRequest,
  InvokeRequest,
  PingReply,
  ReplayEdits,
  StartedReply,
  TryRequest,
} from '../../trace/requests.js'

// Changes: what a server can be asked to do (CallRequest, TryRequest, InvokeRequest, ReplayEdits, PingReply, StartedReply) stands in
// src/trace/requests.ts, because the runtime, which must not import the dashboard, does it: src/runtime/server-actions.ts is its interface.

/**
 * What the server of the dashboard and its page (and the `trace` commands) say to each other. Base `/_zato/api/v1`, JSON only,
 * `Authorization: Bearer <token>` on every request. Types only: the page is built from this file too.
 *
 * GET    /state                          StateReply
 * GET    /traces?filter=&before=&limit=  TracesReply         newest start first; the lowest id of a page is `before` of the next
 * DELETE /traces                         ClearedReply        pinned ones stay
 * POST   /traces/undo                    ClearedReply → EmptyReply
 * POST   /traces                         HandedTrace → TraceReply   what a `zato-ts call` beside the server did
 * GET    /traces/:cid                    TraceReply          all traces of a cid, oldest first; 404 trace_gone
 * GET    /traces/:cid/har                HAR 1.2
 * GET    /trace/:id                      Trace
 * DELETE /trace/:id                      EmptyReply
 * PUT    /trace/:id/pin                  PinRequest → EmptyReply
 * POST   /trace/:id/replay               ReplayRequest → StartedReply (202: it runs)
 * GET    /trace/:id/snippets?span=       Snippets
 * POST   /trace/:id/cancel               EmptyReply
 * GET    /connections · /channels · /security · /services     ConnectionsReply · ChannelsReply · SecurityReply · ServicesReply
 * GET    /connections/:name              ConnectionReply     likewise /channels/:name, /services/:name
 * POST   /connections/:name/call         CallRequest → StartedReply
 * POST   /connections/:name/ping         PingReply
 * POST   /connections/:name/snippets     CallRequest → TypedSnippets   nothing is sent
 * POST   /channels/:name/try             TryRequest → StartedReply
 * POST   /services/:name/invoke          InvokeRequest → StartedReply
 * GET    /schema                         JSON Schema of zato.yaml, with titles, descriptions, groups, defaults
 * POST   /config/preview                 EditRequest → PreviewReply
 * POST   /config/apply                   EditRequest → AppliedReply; 409 config_conflict
 * POST   /config/undo                    UndoRequest → AppliedReply
 * POST   /reload                         EmptyReply
 * POST   /open-editor                    { file, line?, column? } → EmptyReply; the file must lie in the project
 * GET    /logs?after=                    LogsReply
 * GET    /events?since=&epoch=&logs=     text/event-stream of ServerEvent; `id:` is the sequence number
 */

export interface ApiError {
  readonly error: {
    /** `host_not_allowed`, `token_needed`, `not_found`, `config_conflict`, `invalid`… */
    readonly code: string
    readonly message: string
    readonly hint?: string | undefined
    readonly file?: string | undefined
    readonly line?: number | undefined
    readonly column?: number | undefined
    readonly fields?: readonly { readonly path: string; readonly message: string }[] | undefined
    /** Of `config_conflict`. */
    readonly conflict?: ConflictView | undefined
  }
}

export interface ConflictView {
  /** To be sent as `baseRevision` with the edit that goes on top. */
  readonly revision: string
  /** Unified diff from what the page had seen to what stands there now; empty if that is not known any more. */
  readonly changed: string
  /** Unified diff of the edit on top of what stands there now; empty if it cannot be made. */
  readonly diff: string
}

export type EmptyReply = Readonly<Record<string, never>>

export interface ClearedReply {
  /** To be sent to have the traces back, within some seconds. */
  readonly undo: number
}

export interface StateReply {
  readonly version: string
  readonly node: string
  readonly platform: string
  readonly project: { readonly name: string; readonly folder: string; readonly file: string }
  readonly urls: { readonly channels: string; readonly dashboard: string }
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** Changes with every start of the server. */
  readonly epoch: string
  readonly lastSeq: number
  /** Hash of zato.yaml and its includes as they are on disk. */
  readonly revision: string
  readonly problems: readonly ProblemView[]
  /** When what runs now was loaded; problems are newer if there are any. */
  readonly runningSince?: number | undefined
  readonly isReloading: boolean
  readonly reloads: readonly ReloadView[]
  readonly watched: readonly string[]
  readonly environment: readonly EnvironmentView[]
  readonly traces: { readonly kept: number; readonly limit: number; readonly bytes: number; readonly byteLimit: number }
  readonly counts: { readonly connections: number; readonly channels: number; readonly services: number }
}

export interface ProblemView {
  readonly code: string
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint?: string | undefined
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
  /** Lines of the source, the place marked, secrets hidden. */
  readonly frame?: string | undefined
  /** Whether what stands in the files is not served because of it. */
  readonly isFatal: boolean
  /** Of an item that refuses to work because of it. */
  readonly item?: { readonly section: string; readonly name: string } | undefined
}

export interface ReloadView {
  readonly at: number
  readonly ms: number
  readonly files: readonly string[]
  readonly result: 'served' | 'failed' | 'unchanged'
  readonly message?: string | undefined
}

export interface EnvironmentView {
  readonly name: string
  readonly isSet: boolean
  /** `.env.local`, `environment`; `default` if it is not set and each use has one of its own; never the value. */
  readonly source?: string | undefined
  readonly usedBy: readonly string[]
}

export interface TracesReply {
  readonly traces: readonly TraceSummary[]
  /** Whether older ones match too. */
  readonly hasMore: boolean
  /** Kept in all, whatever the filter. */
  readonly kept: number
  /** Removed since the start, to stay within the limits. */
  readonly removed: number
  /** Parts of the filter that mean nothing: `unknown filter "stauts": did you mean "status"?`. */
  readonly filterProblems: readonly string[]
}

export interface TraceReply {
  readonly traces: readonly Trace[]
}

/** What a call in a process of its own hands over: redacted, with an id that the server replaces. */
export interface HandedTrace {
  readonly trace: Trace
}

export interface PinRequest {
  readonly isPinned: boolean
}

/** What differs from what was sent before. */
export interface ReplayRequest {
  readonly edits?: ReplayEdits | undefined
}

export interface Snippets {
  readonly curl: string
  readonly zato: string
  readonly typescript: string
  readonly http: string
  readonly url: string
  /** What has to be filled in by hand, in words. */
  readonly notes: readonly string[]
}

/** Of what is typed; or why it could not be sent as it stands. */
export type TypedSnippets = Snippets | { readonly refused: string }

export interface ConnectionsReply {
  readonly revision: string
  readonly connections: readonly ConnectionView[]
}

export interface ItemView {
  readonly name: string
  readonly description?: string | undefined
  readonly isActive: boolean
  /** Fields as they stand in the file; secrets hidden, references as references. */
  readonly fields: Readonly<Record<string, unknown>>
  readonly file: string
  readonly line: number
  readonly problems: readonly ProblemView[]
}

export interface ConnectionView extends ItemView {
  readonly host: string
  readonly urlPath: string
  readonly dataFormat: string
  readonly placeholders: readonly string[]
  readonly security?: { readonly name: string; readonly type?: string | undefined } | undefined
  /** Names of variables that are missing. */
  readonly missing: readonly string[]
  readonly samples: Readonly<Record<string, string>>
  /** Services whose source mentions it. */
  readonly usedBy: readonly string[]
  readonly stats: StatsView
}

export interface StatsView {
  /** Of the traces that are kept, the last five minutes; `last` may be older. */
  readonly count: number
  readonly errors: number
  readonly p50Ms?: number | undefined
  readonly p95Ms?: number | undefined
  readonly last?: { readonly at: number; readonly result: string; readonly ms: number } | undefined
}

export interface ConnectionReply {
  readonly revision: string
  readonly connection: ConnectionView
  /** The lines of the file. */
  readonly source: string
}

export interface ChannelsReply {
  readonly revision: string
  readonly url: string
  readonly channels: readonly ChannelView[]
}

export interface ChannelView extends ItemView {
  /** `any` if it is not limited to one. */
  readonly method: string
  readonly urlPath: string
  readonly placeholders: readonly string[]
  readonly service: string
  readonly serviceExists: boolean
  readonly security?: { readonly name: string; readonly type?: string | undefined } | undefined
  readonly dataFormat: string
  readonly stats: StatsView
}

export interface ChannelReply {
  readonly revision: string
  readonly channel: ChannelView
  readonly source: string
}

export interface SecurityReply {
  readonly revision: string
  readonly security: readonly (ItemView & { readonly type: string })[]
}

export interface ServicesReply {
  readonly services: readonly ServiceView[]
}

export interface ServiceView {
  readonly name: string
  readonly file: string
  readonly line?: number | undefined
  readonly channels: readonly string[]
  readonly connections: readonly string[]
  /** Methods it has handlers for; empty for `handle`. */
  readonly verbs: readonly string[]
  readonly hasInput: boolean
  readonly stats: StatsView
}

export type Section = 'outgoing_rest' | 'channel_rest' | 'security'

export type EditOperation =
  | { readonly op: 'add'; readonly section: Section; readonly item: Readonly<Record<string, unknown>> }
  /** `set` gives fields their values, `unset` removes fields. */
  | {
      readonly op: 'edit'
      readonly section: Section
      readonly name: string
      readonly set: Readonly<Record<string, unknown>>
      readonly unset: readonly string[]
    }
  | { readonly op: 'remove'; readonly section: Section; readonly name: string }
  | { readonly op: 'duplicate'; readonly section: Section; readonly name: string; readonly as: string }

export interface EditRequest {
  readonly operations: readonly EditOperation[]
  readonly baseRevision: string
}

export interface PreviewReply {
  /** Unified, secrets hidden; empty if nothing changes. */
  readonly diff: string
  readonly problems: readonly ProblemView[]
  readonly fields: readonly { readonly path: string; readonly message: string }[]
}

export interface AppliedReply {
  readonly revision: string
  /** From the write to the new generation answering. Absent if it could not be loaded: `problems` say why. */
  readonly liveMs?: number | undefined
  readonly problems: readonly ProblemView[]
  /** For `/config/undo`. */
  readonly undo?: string | undefined
}

export interface UndoRequest {
  readonly undo: string
}

export interface LogsReply {
  readonly lines: readonly LogLine[]
  readonly removed: number
}

export interface LogLine extends LogRecord {
  readonly seq: number
  readonly at: number
  readonly cid?: string | undefined
  readonly service?: string | undefined
}

/** Events of `GET /events`. */
export type ServerEvent =
  | { readonly type: 'hello'; readonly seq: number; readonly epoch: string; readonly revision: string }
  | { readonly type: 'trace.open'; readonly trace: TraceSummary }
  /** Something of a running trace changed; at most one per trace in 50 ms. */
  | { readonly type: 'trace.update'; readonly trace: TraceSummary }
  | { readonly type: 'trace.close'; readonly trace: TraceSummary }
  | { readonly type: 'traces.removed'; readonly ids: readonly number[] }
  | { readonly type: 'traces.cleared' }
  | { readonly type: 'config'; readonly revision: string; readonly problems: readonly ProblemView[] }
  | { readonly type: 'reloading'; readonly files: readonly string[] }
  | { readonly type: 'reloaded'; readonly reload: ReloadView }
  | { readonly type: 'stopping' }
  | { readonly type: 'log'; readonly line: LogLine }
  /** Too much was missed: ask for `/state` and what is on the screen again. */
  | { readonly type: 'resync' }
