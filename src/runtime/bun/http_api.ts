// The slice of Bun's HTTP server that the adapter uses, as types (Bun 1.4; its docs: https://bun.com/docs/api/http).

export interface BunHttpServer {
  readonly port: number;
  /** Null once the peer is gone. */
  requestIP(request: Request): { readonly address: string; readonly port: number } | null;
  stop(closeActiveConnections: boolean): Promise<void>;
}

export interface BunHttpApi {
  serve(options: {
    readonly hostname: string;
    readonly port: number;
    /** Seconds. */
    readonly idleTimeout: number;
    readonly maxRequestBodySize: number;
    readonly development: boolean;
    readonly reusePort: boolean;
    fetch(request: Request, server: BunHttpServer): Response | PromiseLike<Response>;
    error(error: Error): Response;
  }): BunHttpServer;
}
