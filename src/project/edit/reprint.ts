import { lineBreakNear } from './lines.js'
import { type Edit, indexOfItem, itemsOf, withoutUndefined } from './model.js'
import { readSource } from './yaml-source.js'

/** The edit made by laying out the whole file anew: values and most comments stay, the author's layout does not. */
export function reprint(text: string, edit: Edit): string {
  const { document, root } = readSource(text)
  const { section } = edit
  if (root === null) document.contents = document.createNode({}) as typeof document.contents
  if (edit.kind === 'append') {
    const item = document.createNode(withoutUndefined(edit.item))
    if (itemsOf(root, section).length > 0) document.addIn([section], item)
    else document.setIn([section], document.createNode([item]))
  } else {
    const item = [section, indexOfItem(root, edit)]
    if (edit.kind === 'set') document.setIn([...item, edit.field], document.createNode(withoutUndefined(edit.value)))
    else document.deleteIn(edit.kind === 'unset' ? [...item, edit.field] : item)
  }
  const lines = document.toString({ lineWidth: 0 })
  return lineBreakNear(text, 0) === '\r\n' ? lines.replaceAll('\n', '\r\n') : lines
}
