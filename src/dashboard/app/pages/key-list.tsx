import { useEffect } from 'preact/hooks'
import { areKeysOn, setKeysOn } from '../core/keys.js'
import { setTitle } from '../core/title.js'
import { Dialog } from '../ui/dialog.js'

const groups: readonly (readonly [title: string, keys: readonly (readonly [keys: string, doc: string])[]])[] = [
  [
    'Anywhere',
    [
      ['g t', 'Traces'],
      ['g c', 'Connections'],
      ['g h', 'Channels'],
      ['g s', 'Services'],
      ['g l', 'Logs'],
      ['g p', 'Project'],
      ['/', 'Search'],
      ['?', 'This list'],
      ['Esc', 'Close, then clear the filter'],
    ],
  ],
  [
    'Lists',
    [
      ['j k ↓ ↑', 'Move'],
      ['Home End', 'First, last'],
      ['Enter', 'Open'],
      ['p', 'Pause, go on'],
      ['a', 'Add'],
    ],
  ],
  [
    'One trace',
    [
      ['r', 'Replay'],
      ['Shift+R', 'Replay with edits'],
      ['c', 'Copy as curl'],
      ['s', 'Pin'],
      ['x', 'Delete'],
      ['b', 'Back to the trace it repeats'],
      ['← →', 'Fold, unfold a span'],
      ['[ ]', 'Fold, unfold all spans'],
      ['i', 'Idle time'],
      ['1 – 5', 'Tabs of a span'],
    ],
  ],
  [
    'Connections and channels',
    [
      ['t', 'Try'],
      ['e', 'Edit'],
      ['Ctrl+Enter', 'Send'],
      ['Esc', 'Cancel what is being sent'],
    ],
  ],
]

export function KeyList({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose} isWide>
      <Keys Heading="h3" />
    </Dialog>
  )
}

export function KeysPage() {
  useEffect(() => setTitle('Keys'), [])
  return (
    <div class="page">
      <div class="toolbar">
        <h1>Keys</h1>
      </div>
      <Keys Heading="h2" />
    </div>
  )
}

function Keys({ Heading }: { readonly Heading: 'h2' | 'h3' }) {
  return (
    <>
      <div class="key-groups">
        {groups.map(([title, keys]) => (
          <section key={title}>
            <Heading>{title}</Heading>
            <dl class="keys">
              {keys.map(([names, doc]) => (
                <div key={names}>
                  <dt>
                    {names.split(' ').map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{doc}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="check">
        <input type="checkbox" checked={areKeysOn.value} onChange={(event) => setKeysOn(event.currentTarget.checked)} />
        Single keys do something
      </label>
    </>
  )
}
