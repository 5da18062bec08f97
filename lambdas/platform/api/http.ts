/** A request as it came over HTTP, whoever brought it. Names of headers are in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Without the stage. */
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The address that it came from, as API Gateway saw it. */
  readonly source: string;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text; none with 204. */
  readonly body: string;
}
