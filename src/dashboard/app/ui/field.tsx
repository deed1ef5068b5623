import type { ComponentChild } from 'preact'
import { useId } from 'preact/hooks'

/** What makes an input one with its label, its hint and its problem. */
export interface FieldProps {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': boolean
}

interface Props {
  readonly label: string
  readonly hint?: ComponentChild
  readonly problem?: string | undefined
  readonly isRequired?: boolean
  readonly id?: string
  readonly children: (props: FieldProps) => ComponentChild
}

export function Field({ label, hint, problem = '', isRequired = false, id: given, children }: Props) {
  const own = useId()
  const id = given ?? own
  return (
    <div class="field">
      <label for={id}>
        {label}
        {isRequired && <span class="required"> required</span>}
      </label>
      {children({ id, 'aria-describedby': `${id}-hint ${id}-problem`, 'aria-invalid': problem !== '' })}
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
      <p class="field-problem" id={`${id}-problem`}>
        {problem}
      </p>
    </div>
  )
}
