import { useSignal } from '@preact/signals'
import type { BodyRecord, MessageRecord } from '../../../../trace/record.js'
import { count, size } from '../../core/format.js'
import { bodyForms, hexOf, parsedJson } from '../../core/body-view.js'
import { Code } from '../../ui/code.js'
import { CopyButton } from '../../ui/copy-button.js'
import { JsonTree } from '../../ui/json-tree.js'
import { SaveButton } from '../../ui/save-button.js'

interface Props {
  readonly message: MessageRecord
  readonly name: 'request' | 'response'
  readonly status?: number | undefined
}

export function MessageView({ message: { headers, body }, name }: Props) {
  return (
    <>
      {body && <Body body={body} name={name} />}
      {!body && <p class="dim">No body.</p>}
      <details class="headers" open={headers.length <= 12}>
        <summary>{count(headers.length, 'header')}</summary>
        <table class="facts">
          <caption class="hidden">Headers</caption>
          <tbody>
            {headers.map(([header, value], index) => (
              <tr key={index}>
                <th scope="row" class="mono">
                  {header}
                </th>
                <td class="mono">{redacted(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  )
}

function redacted(value: string) {
  return value.split(/(\[redacted[^\]]*\])/).map((piece, index) =>
    index % 2 === 1 ? (
      <span class="redacted" key={index}>
        {piece}
      </span>
    ) : (
      piece
    ),
  )
}

function Body({ body, name }: { readonly body: BodyRecord; readonly name: string }) {
  const forms = bodyForms(body)
  const form = useSignal(forms[0])
  const text = body.text ?? ''
  return (
    <div class="body">
      <div class="body-bar">
        <span class="dim">{[body.type, size(body.bytes)].filter(Boolean).join(' · ')}</span>
        {body.keptBytes < body.bytes && <span class="tag warn">{`kept to ${size(body.keptBytes)}`}</span>}
        {forms.length > 1 && (
          <span class="segments" role="group" aria-label="Show the body as">
            {forms.map((one) => (
              <button type="button" key={one} aria-pressed={one === form.value} onClick={() => (form.value = one)}>
                {one}
              </button>
            ))}
          </span>
        )}
        {body.text !== undefined && <CopyButton text={text} what={`the body of the ${name}`} />}
        {body.keptBytes > 0 && <SaveButton body={body} name={name} />}
      </div>
      {form.value === 'Pretty' && (
        <div class="json" tabIndex={0} role="region" aria-label={`Body of the ${name}`}>
          <JsonTree value={parsedJson(text)} />
        </div>
      )}
      {form.value === 'Raw' && <Code text={text} label={`Raw body of the ${name}`} canCopy={false} />}
      {form.value === 'Image' && (
        <img
          class="body-image"
          src={`data:${body.type ?? ''};base64,${body.base64 ?? ''}`}
          alt={`Body of the ${name}`}
        />
      )}
      {form.value === 'Hex' && <Code text={hexOf(body.base64 ?? '')} label={`Bytes of the ${name}`} canCopy={false} />}
    </div>
  )
}
