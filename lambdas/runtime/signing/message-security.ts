import { createHash } from 'node:crypto';
import { canonicalJson } from '../../contracts/canonical-json.ts';
import { SystemError } from '../../contracts/errors.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { type Jwe, SIGNED } from '../../contracts/signature.ts';
import { agentToken } from '../agent-token.ts';
import type { Clock, Ids } from '../ports.ts';
import { createContainerKey } from './container-key.ts';
import { type KeyService, sparing } from './data-keys.ts';
import { type BoundTo, decrypt, encrypt, wrappedKeyOf } from './jwe.ts';
import { openDetached, protectedHeader, signDetached } from './jws.ts';
import { createKeyRing, type KnownKey } from './key-ring.ts';
import type { MessageKeys } from './message-keys.ts';
import { type Claimed, refusal } from './refusal.ts';

/** `accepted`: what is unsigned passes, for a deployment on its way to `required`; what is signed must be right. */
export type SignatureMode = 'required' | 'accepted' | 'off';

/** The body of a message in the form in which it travels. */
export interface SignedBody {
  readonly form: 'payload' | 'compressed' | 'claim' | 'encrypted';
  readonly text: string;
}

/** Signs and closes what a container sends, checks and opens what it gets. */
export interface MessageSecurity {
  /**
   * Undefined where nothing is signed.
   * @throws SystemError when nobody could check it, since the key can't be published; when nobody would believe it, since
   * this container was frozen between the header and its signature: the message must be made anew
   */
  sign(header: { readonly sender: string; readonly timestamp?: string }, body: SignedBody): Promise<string | undefined>;
  /** @throws DataError of a code that `isRefusal` knows; SystemError when the registry of keys can't be asked */
  verify(header: JsonObject, body: SignedBody, signature: unknown): Promise<void>;
  /** What happened on the bus, in this container's name. */
  signEvent(name: string, detail: JsonObject): Promise<string | undefined>;
  verifyEvent(sender: string, name: string, detail: JsonObject, signature: unknown): Promise<void>;
  /** Says to the API of this audience who this is, and for whom it works; for five minutes. */
  token(tenant: string, audience: string): Promise<string>;
  /** Undefined when nobody asks for it. */
  encrypt(plain: () => Uint8Array, bound: BoundTo, confidential?: boolean): Promise<Jwe | undefined>;
  /** @throws DataError `encryption_refused` */
  decrypt(jwe: Jwe, bound: BoundTo): Promise<Buffer>;
}

export interface SecuritySettings {
  /** In whose name it signs. */
  readonly name: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly keys: MessageKeys;
  /** Default: required. */
  readonly mode?: SignatureMode;
  /** Makes the keys that bodies are encrypted with. Default: nothing can be encrypted. */
  readonly keyService?: KeyService | undefined;
  /** Tenants whose messages are all encrypted; `*`: everybody's. Default: none. */
  readonly encryptFor?: readonly string[];
  /** Default: twelve hours. */
  readonly rotateEveryMs?: number;
}

/** Clocks of two containers differ by less. */
const SKEW_MS = 600_000;

/** Signatures by a key of this container's own, held against the registry of keys by whoever gets them. */
export function createMessageSecurity(settings: SecuritySettings): MessageSecurity {
  const { name, clock, keys, mode = 'required', encryptFor = [] } = settings;
  const own = createContainerKey({ ...settings, sender: name });
  const ring = createKeyRing(keys, clock);
  const keyService = settings.keyService && sparing(settings.keyService, clock);
  /** Of the last key. */
  let head = { kid: '', text: '' };

  function headOf(kid: string): string {
    if (head.kid !== kid) head = { kid, text: protectedHeader(kid, SIGNED.message) };
    return head.text;
  }

  async function check(content: string, typ: string, time: Time, claimed: Claimed, signature: unknown): Promise<void> {
    if (signature === undefined) {
      if (mode === 'accepted') return;
      throw refusal('signature_missing', 'is not signed', claimed);
    }
    const jws = openDetached(signature);
    if (jws?.header.typ !== typ || typeof claimed.sender !== 'string')
      throw refusal('signature_malformed', 'has a signature that is none', claimed);
    const { kid, iat } = jws.header;
    const known = await ring.find(claimed.sender, kid);
    if (!known) throw refusal('signature_key_unknown', 'is signed with a key that its sender does not have', claimed);
    if (!jws.isBy(known.key, content)) throw refusal('signature_invalid', 'is not what its sender signed', claimed);
    const at = time === 'in the signature' ? (iat ?? 0) * 1_000 : time;
    if (!signedThen(known, at) || clock.now() > known.keepUntil)
      throw refusal('signature_key_over', 'is signed with a key whose time was over, or had not begun', claimed);
  }

  return {
    async sign(header, body) {
      if (mode === 'off') return undefined;
      if (header.sender !== name) throw new Error(`${name} can't sign a message of ${header.sender}`);
      const { kid, key, from } = await own.current();
      if (isBefore(from, Date.parse(header.timestamp ?? '')))
        throw new SystemError(
          'message_held_up',
          `a message of ${header.timestamp} is older than the key to sign it with`,
        );
      return signDetached(headOf(kid), contentOf(header, body), key);
    },

    async verify(header, body, signature) {
      if (mode === 'off') return;
      const sent = typeof header.timestamp === 'string' ? Date.parse(header.timestamp) : Number.NaN;
      await check(contentOf(header, body), SIGNED.message, sent, header, signature);
    },

    async signEvent(event, detail) {
      if (mode === 'off') return undefined;
      const now = clock.now();
      const { kid, key } = await own.current();
      const head = protectedHeader(kid, SIGNED.event, Math.floor(now / 1_000));
      return signDetached(head, eventContent(name, event, detail), key);
    },

    async verifyEvent(sender, event, detail, signature) {
      if (mode === 'off') return;
      const content = eventContent(sender, event, detail);
      await check(content, SIGNED.event, 'in the signature', { sender, message_type: event }, signature);
    },

    async token(tenant, audience) {
      const tokenId = settings.ids.uuid();
      return agentToken({ agent: name, tenant, audience, tokenId }, await own.current(), clock.now());
    },

    async encrypt(plain, bound, confidential = false) {
      if (!confidential && !encryptFor.includes('*') && !encryptFor.includes(bound.tenant)) return undefined;
      if (!keyService) throw withoutKeys();
      const { tenant, receiver } = bound;
      return encrypt(plain(), bound, await keyService.make({ tenant, receiver }));
    },

    async decrypt(jwe, bound) {
      const claimed = { message_id: bound.messageId };
      const wrapped = wrappedKeyOf(jwe);
      if (wrapped === undefined) throw refusal('encryption_refused', 'is encrypted in a way that is not ours', claimed);
      if (!keyService) throw withoutKeys();
      const key = await keyService.unwrap({ tenant: bound.tenant, receiver: bound.receiver }, wrapped);
      const plain = key && decrypt(jwe, bound, key);
      if (!plain) throw refusal('encryption_refused', 'was encrypted for somebody else, or changed', claimed);
      return plain;
    },
  };
}

type Time = number | 'in the signature';

/** Messages carry the time of their header; those of a turn may be a little older than the key that signs them. */
const isBefore = (from: number, at: number): boolean => at < from - SKEW_MS;

const signedThen = ({ from, until }: KnownKey, at: number): boolean => !isBefore(from, at) && at <= until + SKEW_MS;

/** What is signed: all of the header, known fields or not, and a digest of the body. */
function contentOf(header: object, { form, text }: SignedBody): string {
  const digest = createHash('sha256').update(`${form}\n`).update(text).digest('base64url');
  return `{"body":"${digest}","header":${canonicalJson(header)}}`;
}

const eventContent = (sender: string, event: string, detail: JsonObject): string =>
  canonicalJson({ detail, event, sender });

function withoutKeys(): SystemError {
  return new SystemError(
    'encryption_not_configured',
    'messages of this agent or tenant are encrypted, and this deployment has no key for it: set messages.encrypt (docs/guides/messages.md)',
  );
}

/** For a deployment without signatures, and for tests of what is not about them. */
export const NO_MESSAGE_SECURITY: MessageSecurity = {
  sign: async () => undefined,
  verify: async () => {},
  signEvent: async () => undefined,
  verifyEvent: async () => {},
  token: async () => {
    throw new SystemError('token_not_configured', 'nobody has a key to sign a token with here');
  },
  encrypt: async () => undefined,
  decrypt: async () => {
    throw withoutKeys();
  },
};
