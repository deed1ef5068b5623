import { useSignal } from '@preact/signals'
import type { ComponentChild, ComponentChildren } from 'preact'
import type { EditOperation, ItemView, Section } from '../../shared/api.js'
import { part } from '../core/client.js'
import { navigate, query, setQuery } from '../core/router.js'
import { useKeys } from '../core/use-keys.js'
import { openInEditor } from '../stores/server-state.js'
import { act } from '../ui/act.js'
import { Code } from '../ui/code.js'
import { Dialog } from '../ui/dialog.js'
import { Field } from '../ui/field.js'
import { Icon } from '../ui/icon.js'
import { Menu } from '../ui/menu.js'
import { ChangeReview } from './edit/change-review.js'
import { ItemForm } from './edit/item-form.js'
import { ProblemBox } from './problem-box.js'

interface Props {
  readonly section: Section
  /** Address of the list it is in. */
  readonly list: string
  readonly item: ItemView
  readonly source: string
  readonly revision: string
  /** Finds its traces. */
  readonly filter: string
  readonly facts: readonly (readonly [name: string, value: ComponentChild])[]
  readonly actions?: ComponentChild
  readonly children: ComponentChildren
}

/** One connection or channel: what it is, how it is changed, and a form to try it. */
export function ItemPage({ section, list, item, source, revision, filter, facts, actions, children }: Props) {
  const review = useSignal<readonly EditOperation[] | undefined>(undefined)
  const isNaming = useSignal(false)
  const { name, file, line, isActive } = item
  const isEditing = query.value.has('edit')
  const edit = () => setQuery({ edit: '1' })
  useKeys([{ keys: 'e', doc: 'Edit', run: edit }])
  if (isEditing) {
    return (
      <div class="page">
        <ItemForm
          section={section}
          item={item}
          revision={revision}
          onClose={(saved) => navigate(`${list}/${part(saved ?? name)}`, { replace: true })}
        />
      </div>
    )
  }
  const toggle: EditOperation = { op: 'edit', section, name, set: { is_active: !isActive }, unset: [] }
  return (
    <div class="page wide item-page">
      <header class="item-head">
        <p class="crumbs">
          <a href={list}>{list.slice(1).replace(/^./, (first) => first.toUpperCase())}</a>{' '}
          <span aria-hidden="true">/</span>
        </p>
        <div class="row">
          <h1>{name}</h1>
          {!isActive && <span class="tag">off</span>}
          <span class="push row">
            <button type="button" onClick={edit}>
              <Icon name="edit" />
              Edit
            </button>
            <Menu
              label="More"
              items={[
                { label: 'Duplicate', run: () => (isNaming.value = true) },
                { label: isActive ? 'Switch off' : 'Switch on', run: () => (review.value = [toggle]) },
                { label: 'Open in editor', run: () => act(() => openInEditor(file, line)) },
                { label: 'Delete', run: () => (review.value = [{ op: 'remove', section, name }]) },
              ]}
              class="icon-only"
            >
              <Icon name="more" />
            </Menu>
          </span>
        </div>
        {item.description !== undefined && <p class="dim">{item.description}</p>}
        {actions}
      </header>
      {item.problems.map((problem, index) => (
        <ProblemBox key={index} problem={problem} />
      ))}
      <div class="item-columns">
        <section class="card" aria-label="Definition">
          <dl class="fact-list">
            {facts.map(([label, value]) => (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          <div class="row source-head">
            <button type="button" class="link mono" onClick={() => act(() => openInEditor(file, line))}>
              {`${file}:${line}`}
            </button>
            <a class="push" href={`/traces?filter=${encodeURIComponent(filter)}`}>
              Its traces
            </a>
          </div>
          <Code text={source.replace(/\n+$/, '')} label="its lines of the file" />
        </section>
        {children}
      </div>
      {review.value && (
        <Dialog title="Review the change" onClose={() => (review.value = undefined)} isWide>
          <ChangeReview
            operations={review.value}
            revision={revision}
            onCancel={() => (review.value = undefined)}
            onDone={() => {
              const isRemoved = review.value?.[0]?.op === 'remove'
              review.value = undefined
              if (isRemoved) navigate(list)
            }}
          />
        </Dialog>
      )}
      {isNaming.value && (
        <Duplicate
          name={name}
          onClose={() => (isNaming.value = false)}
          onNamed={(as) => {
            isNaming.value = false
            review.value = [{ op: 'duplicate', section, name, as }]
          }}
        />
      )}
    </div>
  )
}

interface DuplicateProps {
  readonly name: string
  readonly onClose: () => void
  readonly onNamed: (as: string) => void
}

function Duplicate({ name, onClose, onNamed }: DuplicateProps) {
  const as = useSignal(`${name} copy`)
  return (
    <Dialog title={`Duplicate ${name}`} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          if (as.value.trim() !== '') onNamed(as.value.trim())
        }}
      >
        <Field label="Name of the copy" isRequired>
          {(props) => (
            <input {...props} value={as.value} required onInput={(event) => (as.value = event.currentTarget.value)} />
          )}
        </Field>
        <div class="form-end row">
          <button type="submit" class="primary">
            Review the change
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  )
}
