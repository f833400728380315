// A host and a port as one text, the way URLs write them.

/** `10.0.0.1:9000`, or `[::1]:9000`. */
export function hostPort({ host, port }: { readonly host: string; readonly port: number }): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
