export { type ShellPart, shellParts, shellWord } from '../trace/snippets/shell.js'
