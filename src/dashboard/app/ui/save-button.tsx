import type { BodyRecord } from '../../../trace/record.js'
import { bytesOf } from '../core/body-view.js'

/** Saves the bytes of a body as far as they were kept. */
export function SaveButton({ body, name }: { readonly body: BodyRecord; readonly name: string }) {
  return (
    <button type="button" class="quiet small" onClick={() => save(body, name)}>
      Save
    </button>
  )
}

function save(body: BodyRecord, name: string): void {
  // As bytes without a type: the browser shows none of it.
  const url = URL.createObjectURL(new Blob([bytesOf(body)], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}${extensionOf(body)}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}

function extensionOf({ type = '', text }: BodyRecord): string {
  const known = /\b(json|xml|html|csv|png|jpeg|gif|webp|pdf|zip)\b/.exec(type)?.[1]
  return `.${known ?? (text === undefined ? 'bin' : 'txt')}`
}
