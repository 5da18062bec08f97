import { type KeyObject, sign, verify } from 'node:crypto';
import * as z from 'zod';
import { DetachedJws, KeyId } from '../../contracts/signature.ts';
import { decoded, encoded } from './base64url.ts';

/** The only algorithm there is: a header that names another is refused, never obeyed. */
const ALG = 'EdDSA';

/** Nothing else may stand in it: no `jwk`, `jku`, `x5u`, `crit` or `b64` that would want to be understood. */
const Protected = z.strictObject({
  alg: z.literal(ALG),
  kid: KeyId,
  typ: z.string().max(64),
  /** Seconds since 1970 */
  iat: z.number().int().nonnegative().optional(),
});
export type ProtectedHeader = z.infer<typeof Protected>;

/** The protected header of everything that a key signs, as it travels: made once per key. */
export function protectedHeader(kid: string, typ: string, iat?: number): string {
  return encoded(JSON.stringify({ alg: ALG, kid, typ, ...(iat !== undefined && { iat }) }));
}

/** RFC 7515, 5.1, with the content left out of the result (Appendix F). */
export function signDetached(header: string, content: string, key: KeyObject): string {
  return `${header}..${sign(null, Buffer.from(signingInput(header, content)), key).toString('base64url')}`;
}

/** A detached JWS that is sound in its form; nothing is known of its truth yet. */
export interface OpenedJws {
  readonly header: ProtectedHeader;
  /** Whether this key has signed this content. */
  isBy(key: KeyObject, content: string): boolean;
}

/** Undefined for what is not written exactly as {@link signDetached} writes it. */
export function openDetached(jws: unknown): OpenedJws | undefined {
  const text = DetachedJws.safeParse(jws).data;
  if (text === undefined) return undefined;
  const [head = '', , tail = ''] = text.split('.');
  const signature = decoded(tail);
  const header = readHeader(head);
  if (!header || signature?.length !== 64) return undefined;
  return { header, isBy: (key, content) => verify(null, Buffer.from(signingInput(head, content)), key, signature) };
}

function readHeader(text: string): ProtectedHeader | undefined {
  const bytes = decoded(text);
  if (!bytes) return undefined;
  try {
    const json = bytes.toString('utf8');
    const header = Protected.safeParse(JSON.parse(json)).data;
    // The same field twice, or anything else that another reader may read in another way.
    return header && JSON.stringify(JSON.parse(json)) === json ? header : undefined;
  } catch {
    return undefined;
  }
}

const signingInput = (header: string, content: string): string => `${header}.${encoded(content)}`;
