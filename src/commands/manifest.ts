import type { CommandSpec } from './command.js'

/**
 * Every command, without its code: help of the whole, completion and the search for the right module need no more. A module
 * is loaded when its command runs.
 */
export interface CommandEntry {
  /** The words typed, such as `conn add`. */
  readonly words: string
  readonly aliases?: readonly string[]
  /** Heading of the overview that it stands under. */
  readonly group: 'Start' | 'Configure' | 'Try' | 'More'
  /** One line, upper-case start, no full stop. */
  readonly summary: string
  load(): Promise<{ readonly command: CommandSpec }>
}

export const commands: readonly CommandEntry[] = [
  {
    words: 'init',
    group: 'Start',
    summary: 'Create a project that works offline as it stands',
    load: () => import('./init.js'),
  },
  {
    words: 'serve',
    aliases: ['dev'],
    group: 'Start',
    summary: 'Serve the channels, and reload on each change',
    load: () => import('./serve.js'),
  },
  {
    words: 'conn add',
    group: 'Configure',
    summary: 'Add an outgoing connection to zato.yaml',
    load: () => import('./conn/add.js'),
  },
  {
    words: 'conn list',
    group: 'Configure',
    summary: 'List the outgoing connections',
    load: () => import('./conn/list.js'),
  },
  {
    words: 'conn show',
    group: 'Configure',
    summary: 'Show one outgoing connection with all that is in effect',
    load: () => import('./conn/show.js'),
  },
  {
    words: 'conn edit',
    group: 'Configure',
    summary: 'Change an outgoing connection in zato.yaml',
    load: () => import('./conn/edit.js'),
  },
  {
    words: 'conn remove',
    group: 'Configure',
    summary: 'Remove an outgoing connection from zato.yaml',
    load: () => import('./conn/remove.js'),
  },
  { words: 'conn ping', group: 'Try', summary: 'See whether an API answers', load: () => import('./conn/ping.js') },
  {
    words: 'channel add',
    group: 'Configure',
    summary: 'Add a channel to zato.yaml',
    load: () => import('./channel/add.js'),
  },
  { words: 'channel list', group: 'Configure', summary: 'List the channels', load: () => import('./channel/list.js') },
  {
    words: 'channel show',
    group: 'Configure',
    summary: 'Show one channel with all that is in effect',
    load: () => import('./channel/show.js'),
  },
  {
    words: 'channel edit',
    group: 'Configure',
    summary: 'Change a channel in zato.yaml',
    load: () => import('./channel/edit.js'),
  },
  {
    words: 'channel remove',
    group: 'Configure',
    summary: 'Remove a channel from zato.yaml',
    load: () => import('./channel/remove.js'),
  },
  {
    words: 'security add',
    group: 'Configure',
    summary: 'Add a security definition to zato.yaml; its secret goes to .env',
    load: () => import('./security/add.js'),
  },
  {
    words: 'security list',
    group: 'Configure',
    summary: 'List the security definitions, without their secrets',
    load: () => import('./security/list.js'),
  },
  {
    words: 'security remove',
    group: 'Configure',
    summary: 'Remove a security definition from zato.yaml',
    load: () => import('./security/remove.js'),
  },
  {
    words: 'service add',
    group: 'Configure',
    summary: 'Create a service class from a template',
    load: () => import('./service/add.js'),
  },
  {
    words: 'check',
    group: 'Configure',
    summary: 'Validate the project file, its references and the services',
    load: () => import('./check.js'),
  },
  {
    words: 'call',
    group: 'Try',
    summary: 'Call an outgoing connection once, exactly as the server would',
    load: () => import('./call.js'),
  },
  { words: 'invoke', group: 'Try', summary: 'Run a service once, without HTTP', load: () => import('./invoke.js') },
  {
    words: 'routes',
    group: 'Try',
    summary: 'List the routes in the order in which they are matched',
    load: () => import('./routes.js'),
  },
  {
    words: 'token show',
    group: 'Try',
    summary: 'Fetch a token as a call would, and show what is known of it',
    load: () => import('./token/show.js'),
  },
  {
    words: 'token clear',
    group: 'Try',
    summary: 'Make a running server forget the tokens that it has fetched',
    load: () => import('./token/clear.js'),
  },
  {
    words: 'doctor',
    group: 'More',
    summary: 'Show the setup, and what is in effect and why',
    load: () => import('./doctor.js'),
  },
  {
    words: 'dashboard',
    group: 'More',
    summary: 'Open the dashboard of the server that runs, or print its link',
    load: () => import('./dashboard.js'),
  },
  {
    words: 'trace list',
    group: 'Try',
    summary: 'List what happened lately, newest first',
    load: () => import('./trace/list.js'),
  },
  {
    words: 'trace show',
    group: 'Try',
    summary: 'Show one trace: what was sent, what came back, where the time went',
    load: () => import('./trace/show.js'),
  },
  {
    words: 'trace tail',
    group: 'Try',
    summary: 'Show traces as they happen',
    load: () => import('./trace/tail.js'),
  },
  {
    words: 'trace replay',
    group: 'Try',
    summary: 'Do again what a trace did',
    load: () => import('./trace/replay.js'),
  },
  {
    words: 'trace export',
    group: 'Try',
    summary: 'Write traces as HAR, for browsers and other tools',
    load: () => import('./trace/export.js'),
  },
  {
    words: 'trace clear',
    group: 'Try',
    summary: 'Forget the traces',
    load: () => import('./trace/clear.js'),
  },
  {
    words: 'types',
    group: 'More',
    summary: 'Write zato-env.d.ts: the names of connections and their placeholders',
    load: () => import('./types.js'),
  },
  { words: 'schema', group: 'More', summary: 'Print the JSON Schema of zato.yaml', load: () => import('./schema.js') },
  {
    words: 'completion',
    group: 'More',
    summary: 'Print the script that completes commands in a shell',
    load: () => import('./completion.js'),
  },
]

/** Commands that only hold others. */
export const groups: Readonly<Record<string, string>> = {
  conn: 'Outgoing connections: the APIs that the project calls',
  channel: 'Channels: the URLs that the project serves',
  security: 'Security definitions: credentials of connections and of callers',
  token: 'Tokens: what is fetched for calls by OAuth 2',
  trace: 'Traces: what happened under each correlation id',
  service: 'Services: what runs between a channel and a connection',
}
