import type { Section } from '../../../shared/api.js'
import { part } from '../../core/client.js'
import { navigate } from '../../core/router.js'
import { loadState, serverState, stateProblem } from '../../stores/server-state.js'
import { Failure, Loading } from '../../ui/states.js'
import { ItemForm } from './item-form.js'

export function NewItemPage({ section }: { readonly section: Section }) {
  const list = section === 'channel_rest' ? '/channels' : '/connections'
  const state = serverState.value
  if (!state)
    return stateProblem.value ? <Failure problem={stateProblem.value} onRetry={() => void loadState()} /> : <Loading />
  return (
    <div class="page">
      <ItemForm
        section={section}
        revision={state.revision}
        onClose={(saved) => navigate(saved === undefined ? list : `${list}/${part(saved)}`)}
      />
    </div>
  )
}
