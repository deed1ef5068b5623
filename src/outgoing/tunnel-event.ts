/** Emitted by the socket to a proxy once the proxy has connected it with the host that is called. */
export const tunnelEvent = 'tunnel'
