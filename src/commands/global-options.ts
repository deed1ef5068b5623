import type { OptionSpec } from './command.js'

/** Options of every command. */
export const globalOptions: readonly OptionSpec[] = [
  { flags: '-C, --cwd <dir>', doc: 'Work as if started in this folder', values: 'folder' },
  {
    flags: '-c, --config <file>',
    doc: 'The project file, in place of the nearest zato.yaml upwards (env ZATO_TS_CONFIG)',
    values: 'file',
  },
  { flags: '--env <name>', doc: 'Read .env.NAME and .env.NAME.local too' },
  { flags: '--color', doc: 'Colour, even in a pipe (env FORCE_COLOR)' },
  { flags: '--no-color', doc: 'No colour (env NO_COLOR)' },
  { flags: '--no-input', doc: 'Never ask, even on a terminal (env ZATO_TS_NO_INPUT)' },
  { flags: '-v, --verbose', doc: 'Say more' },
  { flags: '-q, --quiet', doc: 'Say less: problems only' },
  { flags: '--version', doc: 'Print the version' },
  { flags: '-h, --help', doc: 'Print this help' },
]

/** Of the commands that list, check or call. */
export const jsonOption: OptionSpec = { flags: '--json', doc: 'Print JSON; an error is one line of JSON on stderr' }
