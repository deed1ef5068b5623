/** Words of a documentation: what stands in backticks is code. */
export function coded(text: string) {
  return text.split('`').map((piece, index) => (index % 2 === 1 ? <code key={index}>{piece}</code> : piece))
}
