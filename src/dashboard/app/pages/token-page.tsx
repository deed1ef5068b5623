import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { setTitle } from '../core/title.js'
import { isTokenRefused, setToken, tokenIn } from '../core/token.js'

/** Only who sees the terminal may see the page. */
export function TokenPage() {
  const text = useSignal('')
  const problem = useSignal('')
  const id = useId()
  useEffect(() => setTitle('Token needed'), [])
  const submit = (event: Event) => {
    event.preventDefault()
    const found = tokenIn(text.value)
    problem.value = found === undefined ? 'This is neither a token nor a link that ends with one' : ''
    if (found === undefined) document.getElementById(id)?.focus()
    else setToken(found)
  }
  return (
    <div class="page narrow">
      <h1>This page needs a token</h1>
      <p>
        It shows what your services send and receive, so it opens only for those who can read the terminal that runs the
        server. Do one of these:
      </p>
      <ol class="steps">
        <li>
          open the link that <code>zato-ts serve</code> has printed;
        </li>
        <li>
          press <kbd>o</kbd> and <kbd>Enter</kbd> in that terminal;
        </li>
        <li>
          run <code>zato-ts dashboard</code> in the project;
        </li>
        <li>paste the link, or the token, here:</li>
      </ol>
      <form class="inline-form" onSubmit={submit} noValidate>
        <label for={id}>Token or link</label>
        <div class="row">
          <input
            id={id}
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={text.value}
            aria-invalid={problem.value !== ''}
            aria-describedby={`${id}-problem`}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
          <button type="submit" class="primary">
            Open
          </button>
        </div>
        <p class="field-problem" id={`${id}-problem`} role="alert">
          {problem.value ||
            (isTokenRefused.value ? 'The token was refused: it belongs to another project, or was replaced' : '')}
        </p>
      </form>
    </div>
  )
}
