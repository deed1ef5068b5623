/** C0 and C1 control characters except tab and line ends, and what turns the direction of text round. */

const controls = /\r(?!\n)|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

const short: Readonly<Record<string, string>> = { '\r': '\\r', '\b': '\\b', '\f': '\\f', '\v': '\\v' }

/**
 * Text from elsewhere, made safe for a screen: an upstream cannot move the cursor, set colours or hide what it sent.
 *
 * @example escapeControls('\u001b[2J') // '\\x1b[2J'
 */
export function escapeControls(text: string): string {
  return text.replace(controls, (character) => short[character] ?? spelled(character))
}

/** The same for text that must stay on one line. */
export function escapeLine(text: string): string {
  if (/^[ -~]*$/.test(text)) return text
  return escapeControls(text).replaceAll('\t', '\\t').replaceAll('\r', '\\r').replaceAll('\n', '\\n')
}

function spelled(character: string): string {
  const code = character.codePointAt(0) ?? 0
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}
