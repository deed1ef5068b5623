export { type ShellPart, type ShellVariable, shellParts, shellVariable, shellWord } from '../trace/snippets/shell.js'
