import { LIMITS } from '../contracts/limits.ts';

/*
 * Several messages in one: SQS bills, delivers and invokes by the message, and takes 64 KiB for the price of one.
 * Each keeps its own header, and its own compression or claim check.
 */

const OPENING = '{"pack":[';

/** Puts message bodies, in order, into packs of at most `size` and `LIMITS.inlineBody` bytes. One alone stays as it is. */
export function packBodies(bodies: readonly string[], size: number): string[] {
  const packs: string[] = [];
  let current: string[] = [];
  let bytes = 0;
  const close = (): void => {
    const [first] = current;
    if (first !== undefined) packs.push(current.length === 1 ? first : `${OPENING}${current.join(',')}]}`);
    current = [];
    bytes = 0;
  };
  for (const body of bodies) {
    const more = Buffer.byteLength(body) + 1;
    if (current.length >= size || bytes + more > LIMITS.inlineBody) close();
    current.push(body);
    bytes += more;
  }
  close();
  return packs;
}

/** The bodies in a pack; of anything else, itself. What is in them is not looked at. */
export function unpackBody(body: string): string[] {
  if (!body.startsWith(OPENING)) return [body];
  try {
    const { pack }: { pack?: unknown } = JSON.parse(body);
    return Array.isArray(pack) && pack.length > 0 ? pack.map((message) => JSON.stringify(message)) : [body];
  } catch {
    return [body];
  }
}
