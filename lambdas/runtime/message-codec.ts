import { BlobRef } from '../contracts/blob.ts';
import { type Envelope, Header } from '../contracts/envelope.ts';
import { DataError, issuesOf } from '../contracts/errors.ts';
import { hotSchema } from '../contracts/hot-schema.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import { LIMITS } from '../contracts/limits.ts';
import { EncryptedBody } from '../contracts/signature.ts';
import { compress, decompress, LARGEST_PAYLOAD, packText, TooLarge, unpackText } from './compression.ts';
import type { Blobs } from './ports.ts';
import type { BoundTo } from './signing/jwe.ts';
import type { MessageSecurity, SignedBody } from './signing/message-security.ts';
import { refusal } from './signing/refusal.ts';

export interface EncodePorts {
  readonly blobs: Pick<Blobs, 'put'>;
  readonly messageSecurity: Pick<MessageSecurity, 'sign' | 'encrypt'>;
}

export interface DecodePorts {
  readonly blobs: Pick<Blobs, 'get'>;
  readonly messageSecurity: Pick<MessageSecurity, 'verify' | 'decrypt'>;
}

export interface EncodeOptions {
  /** Only its receiver may read it, whatever its tenant asks for. */
  readonly confidential?: boolean;
}

const HotHeader = hotSchema(Header);

/** JSON.stringify leaves these as they are, and SQS refuses a body that has them. */
const REFUSED_BY_SQS = /[\ufffe\uffff]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16)}`;

/** Messages of the platform to itself that say nothing but "look": they pass through hands that may not decrypt. */
const WITHOUT_CONTENT: readonly string[] = ['wake_run', 'wake_flow'];

/**
 * A message as it lies in a queue: signed, its payload as it is, compressed when over `LIMITS.compressBody` (and smaller for
 * it), or by claim check when the whole body is still over `LIMITS.inlineBody`; encrypted where tenant or agent ask for it.
 * @throws DataError `payload_too_large` above {@link LARGEST_PAYLOAD}
 */
export async function encodeMessage(
  message: Envelope,
  ports: EncodePorts,
  { confidential = false }: EncodeOptions = {},
): Promise<string> {
  const { header, payload } = message;
  const text = JSON.stringify(payload);
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_PAYLOAD) {
    throw new DataError('payload_too_large', `a message carries at most ${LARGEST_PAYLOAD} bytes, this one ${bytes}`, {
      message_type: header.message_type,
    });
  }
  const encrypted = await encryptedBody(header, text, ports, confidential);
  if (encrypted) return signed(header, 'encrypted', JSON.stringify(encrypted), ports);
  if (bytes <= LIMITS.compressBody) return signed(header, 'payload', text, ports);
  const compressed = JSON.stringify(compress(text).toString('base64'));
  const [form, inline] =
    compressed.length < bytes ? (['compressed', compressed] as const) : (['payload', text] as const);
  const body = await signed(header, form, inline, ports);
  if (Buffer.byteLength(body) <= LIMITS.inlineBody) return body;
  return signed(header, 'claim', JSON.stringify(await ports.blobs.put(header.tenant, payload)), ports);
}

async function signed(
  header: Header,
  form: SignedBody['form'],
  text: string,
  { messageSecurity }: EncodePorts,
): Promise<string> {
  const signature = await messageSecurity.sign(header, { form, text });
  const end = signature === undefined ? '' : `,"signature":"${signature}"`;
  return `{"header":${JSON.stringify(header)},"${form}":${text.replace(REFUSED_BY_SQS, escaped)}${end}}`;
}

async function encryptedBody(
  header: Header,
  text: string,
  { messageSecurity, blobs }: EncodePorts,
  confidential: boolean,
): Promise<EncryptedBody | undefined> {
  if (WITHOUT_CONTENT.includes(header.message_type)) return undefined;
  const jwe = await messageSecurity.encrypt(() => packText(text), boundTo(header), confidential);
  if (!jwe || jwe.ciphertext.length + ENVELOPE_BYTES <= LIMITS.inlineBody) return jwe;
  return { claim: await blobs.put(header.tenant, { ...jwe }) };
}

/** Header, signature and all the rest around a body. */
const ENVELOPE_BYTES = 3_000;

const boundTo = ({ tenant, receiver, message_id: messageId }: Header): BoundTo => ({ tenant, receiver, messageId });

/**
 * Checks and opens what {@link encodeMessage} closed. Who has signed it is known before anything of it is looked at. The
 * payload is not yet checked against the schema of its type.
 * @param receiver for whom it must be; default: for anybody
 * @throws DataError of a code that `isRefusal` knows: it is not what it claims to be; `message_malformed`,
 * `payload_too_large` or `claim_foreign`; what `blobs.get` throws
 */
export async function decodeMessage(body: string, ports: DecodePorts, receiver?: string): Promise<Envelope> {
  const { message, form } = await verified(body, ports);
  const header = headerOf(message);
  if (receiver !== undefined && header.receiver !== receiver)
    throw refusal('message_misdirected', `is for ${header.receiver}, not for ${receiver}`, header);
  return { header, payload: await open(message[form] ?? null, form, header, ports) };
}

/** What is not even a message is signed by nobody. */
async function verified(body: string, { messageSecurity }: DecodePorts) {
  const signedBody = (form: SignedBody['form'], message: JsonObject) => ({ form, text: JSON.stringify(message[form]) });
  try {
    const message = parseObject(body);
    const form = formOf(message);
    const claimed = isObject(message.header) ? message.header : {};
    await messageSecurity.verify(claimed, signedBody(form, message), message.signature);
    return { message, form };
  } catch (error) {
    if (error instanceof DataError && error.code === 'message_malformed')
      await messageSecurity.verify({}, { form: 'payload', text: '' }, undefined);
    throw error;
  }
}

/** Only the header, for whoever need not look inside. Nothing is checked. @throws DataError `message_malformed` */
export function decodeHeader(body: string): Header {
  return headerOf(parseObject(body));
}

const FORMS = ['payload', 'compressed', 'claim', 'encrypted'] as const;

/** A message with two bodies would be read in one way here and in another there. */
function formOf(message: JsonObject): SignedBody['form'] {
  const [form, ...others] = FORMS.filter((name) => Object.hasOwn(message, name));
  if (form === undefined || others.length > 0) {
    const header = HotHeader.safeParse(message.header).data;
    throw malformed('it has not exactly one of payload, compressed, claim and encrypted', header);
  }
  return form;
}

async function open(
  body: Json,
  form: SignedBody['form'],
  header: Header,
  { blobs, messageSecurity }: DecodePorts,
): Promise<Json> {
  switch (form) {
    case 'payload':
      return body;
    case 'compressed':
      return typeof body === 'string'
        ? unpacked(() => decompress(Buffer.from(body, 'base64')), header)
        : refuse('compressed', header);
    case 'claim':
      return blobs.get(claimOf(body, header));
    case 'encrypted': {
      const given = EncryptedBody.safeParse(body).data ?? refuse('encrypted', header);
      const jwe = 'claim' in given ? await blobs.get(claimOf(asClaim(given.claim), header)) : given;
      const inner = EncryptedBody.options[0].safeParse(jwe).data ?? refuse('encrypted', header);
      const plain = await messageSecurity.decrypt(inner, boundTo(header));
      return unpacked(() => unpackText(plain), header);
    }
  }
}

const asClaim = (claim: BlobRef): Json => ({ ...claim });

function refuse(form: string, header: Header): never {
  throw malformed(`its body "${form}" is none`, header);
}

function claimOf(body: Json, header: Header): BlobRef {
  const claim = BlobRef.safeParse(body);
  if (!claim.success) throw malformed('it has no valid claim', header);
  if (!claim.data.key.startsWith(`${header.tenant}/`)) {
    throw new DataError('claim_foreign', `a message of tenant ${header.tenant} claims another tenant's body`, {
      message_id: header.message_id,
    });
  }
  return claim.data;
}

function parseObject(body: string): JsonObject {
  let parsed: Json;
  try {
    parsed = JSON.parse(body);
  } catch {
    throw malformed('the body is not JSON');
  }
  if (!isObject(parsed)) throw malformed('the body is no object');
  return parsed;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function headerOf(message: JsonObject): Header {
  const header = HotHeader.safeParse(message.header);
  if (!header.success) throw malformed(`header: ${issuesOf(header.error)}`);
  return header.data;
}

function unpacked(unpack: () => string, header: Header): Json {
  try {
    return JSON.parse(unpack());
  } catch (error) {
    if (error instanceof TooLarge) {
      throw new DataError('payload_too_large', `the payload opens to more than ${LARGEST_PAYLOAD} bytes`, {
        message_id: header.message_id,
      });
    }
    throw malformed('the compressed payload is neither brotli nor JSON inside', header);
  }
}

function malformed(reason: string, header?: Header): DataError {
  const details = header && { message_id: header.message_id, message_type: header.message_type };
  return new DataError('message_malformed', `not a message: ${reason}`, details);
}
