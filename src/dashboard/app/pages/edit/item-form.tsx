import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import type {
  EditOperation,
  ItemView,
  PreviewReply,
  SecurityReply,
  Section,
  ServicesReply,
} from '../../../shared/api.js'
import { type FormField, asTyped, asValue, formGroups } from '../../core/form-fields.js'
import { setTitle } from '../../core/title.js'
import { useResource } from '../../stores/resource.js'
import { Dialog } from '../../ui/dialog.js'
import { coded } from '../../ui/coded.js'
import { Field } from '../../ui/field.js'
import { Failure, Loading } from '../../ui/states.js'
import { ChangeReview } from './change-review.js'

interface Props {
  readonly section: Section
  /** Absent for a new one. */
  readonly item?: ItemView | undefined
  readonly revision: string
  /** With the name under which it was saved. */
  readonly onClose: (saved?: string) => void
}

/** All fields that the file may have, from its schema; the diff is shown before anything is saved. */
export function ItemForm({ section, item, revision, onClose }: Props) {
  const schema = useResource<unknown>('/schema', () => false)
  const typed = useSignal<Readonly<Record<string, string>>>({})
  const problems = useSignal<Readonly<Record<string, string>>>({})
  const review = useSignal<readonly EditOperation[] | undefined>(undefined)
  // The revision that the form was opened with: what changes later is a conflict.
  const base = useSignal(revision)
  const id = useId()
  const noun = section === 'channel_rest' ? 'channel' : 'connection'
  const title = item ? `Edit ${item.name}` : `Add a ${noun}`
  const suggestions = useSuggestions()
  useEffect(() => setTitle(title), [title])
  if (schema.value.value === undefined) {
    return schema.problem.value ? (
      <Failure problem={schema.problem.value} onRetry={() => void schema.load()} />
    ) : (
      <Loading />
    )
  }
  const groups = formGroups(schema.value.value, section)
  const fields = groups.flatMap((group) => group.fields)
  const before = ({ name, kind }: FormField) => asTyped(item?.fields[name], kind)
  const now = (field: FormField) => typed.value[field.name] ?? before(field)

  const submit = () => {
    const found = fields.flatMap((field): [string, string][] => {
      const { problem, value } = asValue(now(field), field.kind)
      if (problem !== undefined) return [[field.name, problem]]
      return field.isRequired && value === undefined ? [[field.name, 'It must not be empty']] : []
    })
    problems.value = Object.fromEntries(found)
    if (found[0]) document.getElementById(`${id}-${found[0][0]}`)?.focus()
    else review.value = [operationOf(fields, { now, before, item, section })]
  }
  const takeFields = (messages: PreviewReply['fields']) => {
    if (messages.length === 0) return
    problems.value = Object.fromEntries(messages.map(({ path, message }) => [path.replace(/^\//, ''), message]))
  }
  return (
    <>
      <h1>{title}</h1>
      {review.value && (
        <Dialog title="Review the change" onClose={() => (review.value = undefined)} isWide>
          <ChangeReview
            operations={review.value}
            revision={base.value}
            onFields={takeFields}
            onCancel={() => (review.value = undefined)}
            onDone={() => onClose(typed.value.name?.trim())}
          />
        </Dialog>
      )}
      <form
        class="form item-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <ProblemSummary problems={problems.value} id={id} />
        {groups.map((group) => (
          <details
            key={group.title}
            open={
              group.title === 'Basics' ||
              group.title === 'Security' ||
              group.fields.some((field) => before(field) !== '')
            }
          >
            <summary>{group.title}</summary>
            <div class="field-grid">
              {group.fields.map((field) => (
                <Field
                  key={field.name}
                  id={`${id}-${field.name}`}
                  label={field.name}
                  isRequired={field.isRequired}
                  hint={coded(field.doc)}
                  problem={problems.value[field.name]}
                >
                  {(props) => (
                    <Input
                      props={props}
                      field={field}
                      value={now(field)}
                      suggestions={suggestions[field.name] ?? []}
                      onInput={(text) => (typed.value = { ...typed.value, [field.name]: text })}
                    />
                  )}
                </Field>
              ))}
            </div>
          </details>
        ))}
        <div class="form-end row">
          <button type="submit" class="primary">
            Review the change
          </button>
          <button type="button" onClick={() => onClose()}>
            Cancel
          </button>
        </div>
      </form>
    </>
  )
}

function useSuggestions(): Readonly<Record<string, readonly string[]>> {
  const security = useResource<SecurityReply>('/security')
  const services = useResource<ServicesReply>('/services')
  return {
    security: (security.value.value?.security ?? []).map(({ name }) => name),
    service: (services.value.value?.services ?? []).map(({ name }) => name),
  }
}

interface Made {
  readonly now: (field: FormField) => string
  readonly before: (field: FormField) => string
  readonly item: ItemView | undefined
  readonly section: Section
}

/** Only what was changed is written. */
function operationOf(fields: readonly FormField[], { now, before, item, section }: Made): EditOperation {
  const changed = fields.filter((field) => now(field) !== before(field))
  const values = changed.map((field) => [field.name, asValue(now(field), field.kind).value] as const)
  const set = Object.fromEntries(values.filter(([, value]) => value !== undefined))
  if (!item) return { op: 'add', section, item: set }
  return {
    op: 'edit',
    section,
    name: item.name,
    set,
    unset: values.filter(([, value]) => value === undefined).map(([name]) => name),
  }
}

function ProblemSummary({
  problems,
  id,
}: {
  readonly problems: Readonly<Record<string, string>>
  readonly id: string
}) {
  const entries = Object.entries(problems)
  if (entries.length === 0) return null
  return (
    <div class="note bad" role="alert">
      <p>{entries.length === 1 ? 'One field needs attention:' : `${entries.length} fields need attention:`}</p>
      <ul>
        {entries.map(([name, message]) => (
          <li key={name}>
            <a href={`#${id}-${name}`}>{name}</a> {message}
          </li>
        ))}
      </ul>
    </div>
  )
}

interface InputProps {
  readonly props: { readonly id: string }
  readonly field: FormField
  readonly value: string
  readonly suggestions: readonly string[]
  readonly onInput: (text: string) => void
}

function Input({ props, field, value, suggestions, onInput }: InputProps) {
  const { kind, choices, fallback, example } = field
  if (kind === 'choice' || kind === 'boolean') {
    const all = choices.includes(value) || value === '' ? choices : [value, ...choices]
    return (
      <select {...props} value={value} onChange={(event) => onInput(event.currentTarget.value)}>
        <option value="">{fallback === '' ? '–' : `${fallback} (default)`}</option>
        {all.map((one) => (
          <option key={one} value={one}>
            {one}
          </option>
        ))}
      </select>
    )
  }
  if (kind === 'map' || kind === 'list' || kind === 'object') {
    return (
      <textarea
        {...props}
        class="mono"
        rows={Math.max(2, value.split('\n').length)}
        spellcheck={false}
        placeholder={example || (kind === 'map' ? 'name: value' : '')}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    )
  }
  return (
    <>
      <input
        {...props}
        class={kind === 'number' ? 'mono' : undefined}
        inputMode={kind === 'number' ? 'decimal' : undefined}
        spellcheck={false}
        autocomplete="off"
        list={suggestions.length > 0 ? `${props.id}-list` : undefined}
        placeholder={fallback === '' ? example : `${fallback} (default)`}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
      {suggestions.length > 0 && (
        <datalist id={`${props.id}-list`}>
          {suggestions.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  )
}
