/** Larger documents are no key sets. */
const MOST_BYTES = 262_144;
const TIMEOUT_MS = 3_000;

/**
 * Reads a JWK set from its issuer: no redirect is followed, and no more is read than a key set can have.
 * @throws Error saying what came instead
 */
export async function fetchKeySet(uri: string, fetcher: typeof fetch = fetch): Promise<unknown> {
  const response = await fetcher(uri, {
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: { accept: 'application/jwk-set+json, application/json' },
  });
  if (response.status !== 200) throw new Error(`${uri} answered ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MOST_BYTES) throw new Error(`${uri} answered more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
