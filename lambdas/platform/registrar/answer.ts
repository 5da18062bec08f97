import { SystemError } from '../../contracts/errors.ts';

const TRIES = 5;
const TIMEOUT_MS = 5_000;

/**
 * Brings CloudFormation an answer: a PUT to the place it signed, tried five times with growing pauses.
 * @param sleep waits so many milliseconds
 * @throws SystemError `cloudformation_unreachable`
 */
export async function putAnswer(url: string, body: string, sleep: (ms: number) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++) {
    const said = await tryPut(url, body);
    if (said === undefined) return;
    if (tries === TRIES) {
      throw new SystemError('cloudformation_unreachable', `CloudFormation did not take the answer: ${said}`);
    }
    await sleep(200 * 2 ** tries);
  }
}

/** Answers what went wrong. As bytes, for the signature covers an empty content type. */
async function tryPut(url: string, body: string): Promise<string | undefined> {
  try {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await fetch(url, { method: 'PUT', body: Buffer.from(body), signal });
    await response.arrayBuffer();
    return response.ok ? undefined : `status ${response.status}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
