import { useEffect } from 'preact/hooks'
import { route } from '../core/router.js'
import { setTitle } from '../core/title.js'
import { ChannelPage } from './channels/channel-page.js'
import { ChannelsPage } from './channels/channels-page.js'
import { ConnectionPage } from './connections/connection-page.js'
import { ConnectionsPage } from './connections/connections-page.js'
import { NewItemPage } from './edit/new-item-page.js'
import { KeysPage } from './key-list.js'
import { LogsPage } from './logs-page.js'
import { ProjectPage } from './project-page.js'
import { ServicePage } from './services/service-page.js'
import { ServicesPage } from './services/services-page.js'
import { TracesPage } from './traces/traces-page.js'

/** The page that the address means. */
export function Page() {
  const here = route.value
  switch (here.page) {
    case 'traces':
    case 'trace':
      return <TracesPage />
    case 'connections':
      return <ConnectionsPage />
    case 'connection':
      return <ConnectionPage key={here.name} name={here.name} />
    case 'new-connection':
      return <NewItemPage section="outgoing_rest" />
    case 'channels':
      return <ChannelsPage />
    case 'channel':
      return <ChannelPage key={here.name} name={here.name} />
    case 'new-channel':
      return <NewItemPage section="channel_rest" />
    case 'services':
      return <ServicesPage />
    case 'service':
      return <ServicePage key={here.name} name={here.name} />
    case 'logs':
      return <LogsPage />
    case 'project':
      return <ProjectPage />
    case 'help':
      return <KeysPage />
    case 'unknown':
      return <Unknown />
  }
}

function Unknown() {
  useEffect(() => setTitle('No such page'), [])
  return (
    <div class="page">
      <div class="empty">
        <h1>No such page</h1>
        <p>
          <a href="/traces">Go to the traces</a>
        </p>
      </div>
    </div>
  )
}
