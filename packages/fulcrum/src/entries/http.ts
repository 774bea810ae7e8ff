export type { Gateway, GatewaySource } from '../http/gateway/gateway.ts'
export type { CorsSettings, GatewaySettings } from '../http/gateway/settings.ts'
export {
  fastifyPlugin,
  type FastifyPlugin,
  type FastifyPluginOptions,
} from '../http/servers/fastify-plugin.ts'
export { toFetchHandler, type FetchHandler, type FetchHandlerOptions } from '../http/servers/fetch.ts'
export { toNodeHandler, type NodeHandler, type NodeHandlerOptions } from '../http/servers/node.ts'
export { serve, type RunningServer, type ServeOptions } from '../http/servers/fastify.ts'
