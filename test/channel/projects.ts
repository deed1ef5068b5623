import type { Project } from '../../src/project/project.js'
import type {
  ApiKeyDefinition,
  BasicAuthDefinition,
  BearerTokenDefinition,
  ChannelDefinition,
  ServerSettings,
} from '../../src/project/schema.js'

/** Definitions as they are once a project file has been read: every default filled in. */

export function channel(urlPath: string, more: Partial<ChannelDefinition> = {}): ChannelDefinition {
  return {
    name: `Channel ${more.method ?? 'any'} ${urlPath}`,
    service: 'test.echo',
    urlPath,
    method: undefined,
    security: undefined,
    groups: [],
    dataFormat: 'json',
    matchSlash: false,
    urlParamsPri: 'path-over-qs',
    paramsPri: 'channel-params-over-msg',
    isActive: true,
    ...more,
  }
}

export function basicAuth(name: string, more: Partial<BasicAuthDefinition> = {}): BasicAuthDefinition {
  return { name, type: 'basic_auth', isActive: true, username: 'shop', password: 'open sesame', realm: 'zato', ...more }
}

export function apiKey(name: string, more: Partial<ApiKeyDefinition> = {}): ApiKeyDefinition {
  return { name, type: 'apikey', isActive: true, header: 'X-API-Key', password: `key of ${name}`, ...more }
}

export function bearerToken(name: string, more: Partial<BearerTokenDefinition> = {}): BearerTokenDefinition {
  return {
    name,
    type: 'bearer_token',
    isActive: true,
    staticToken: `token.of.${name}`,
    staticHeader: 'Authorization',
    staticPrefix: 'Bearer',
    ...more,
  }
}

export type ProjectParts = Partial<Omit<Project, 'server'>> & { readonly server?: Partial<ServerSettings> }

export function project({ server, ...more }: ProjectParts = {}): Project {
  return {
    file: '/shop/zato.yaml',
    root: '/shop',
    name: 'shop',
    outgoingRest: [],
    channelRest: [],
    security: [],
    groups: [],
    dev: { keepTraces: false, maxTraces: 1000, maxTraceMemory: 1 },
    environment: {},
    secrets: [],
    secretNames: [],
    secretPaths: [],
    ...more,
    server: {
      host: '127.0.0.1',
      port: 0,
      dashboardPort: 0,
      services: 'services',
      bodyLimit: 1024 * 1024,
      requestTimeout: 0,
      stallTimeout: 5,
      maxMemory: 512 * 1024 * 1024,
      allowedHosts: [],
      corsOrigins: undefined,
      ...server,
    },
  }
}
