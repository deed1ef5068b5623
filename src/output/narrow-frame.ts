/** Text before the carets that shows where they are. */
const context = 12

/** A line of a frame: its number or none, a bar, the text. */
const framed = /^( *\d* *\| ?)(.*)$/

/** A code frame of at most so many columns: lines are cut around the carets, so that these stay below what they mark. */
export function narrowFrame(lines: readonly string[], columns: number): string[] {
  return lines.map((line, index) => {
    const [, gutter = '', text = ''] = framed.exec(line) ?? []
    const room = columns - gutter.length
    if (room < context * 2) return line
    if (isCarets(text)) return gutter + text.slice(firstShown(textOf(lines[index - 1]), text, room)).slice(0, room)
    const below = textOf(lines[index + 1])
    return gutter + cut(text, isCarets(below) ? firstShown(text, below, room) : 0, room)
  })
}

/** How many characters of a line, and of its carets, are left out in front. */
function firstShown(text: string, carets: string, room: number): number {
  const width = Math.max(text.length, carets.length)
  const isShownFromBegin = width <= room || carets.length < room
  return isShownFromBegin ? 0 : Math.max(0, Math.min(carets.indexOf('^') - context, width - room))
}

function cut(text: string, from: number, room: number): string {
  const shown = text.slice(from, from + room)
  const head = from > 0 ? `…${shown.slice(1)}` : shown
  return from + room < text.length ? `${head.slice(0, room - 1)}…` : head
}

function textOf(line = ''): string {
  return framed.exec(line)?.[2] ?? ''
}

function isCarets(text: string): boolean {
  return /^ *\^+$/.test(text)
}
