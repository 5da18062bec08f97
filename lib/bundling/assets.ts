/** A folder to deploy, and a hash that changes exactly when its content does. */
export interface Asset {
  readonly path: string;
  readonly hash: string;
}

/** One Lambda's code, by path from the project's root. */
export interface BundleRequest {
  /** Becomes `index.mjs`. */
  readonly entry: string;
  /** More files beside it, such as a worker thread: name without ending → path. */
  readonly extraEntries?: Readonly<Record<string, string>>;
  readonly sourceMaps?: boolean;
}

export type Architecture = 'arm64' | 'x64';

/** Where stacks get their code from. Tests bring stand-ins. */
export interface Assets {
  bundle(request: BundleRequest): Asset;
  /** @throws Error when there is no layer of this name */
  layer(name: string, architecture: Architecture): Asset;
}
