import { describe, expect, test } from '@jest/globals';
import { decodeMessage, encodeMessage } from '../../../../lambdas/runtime/message-codec.ts';
import { randomOf } from '../../../simulation/random.ts';
import { codeOf, signingWorld } from './world.ts';

const FORGERIES = 100_000;
const REFUSED = /^(signature_|message_misdirected$)/;

describe('forgeries', () => {
  test('a hundred thousand of them are refused: bit flips, cuts, swaps of parts, other algorithms, other names', async () => {
    const random = randomOf(20_261_121);
    const world = signingWorld();
    const coordinator = world.container('coordinator');
    const intake = world.container('intake');
    // The look-ups of unknown keys are bounded for good reason; here time passes.
    const worker = world.container('worker');
    const genuine: string[] = [];
    for (let n = 0; n < 40; n += 1) {
      const sender = n % 4 === 3 ? 'intake' : 'coordinator';
      const payload = { n, text: 'x'.repeat(random.int(200)), list: [n, { deep: true }] };
      genuine.push(
        await encodeMessage({ header: world.header({ sender }), payload }, sender === 'intake' ? intake : coordinator),
      );
    }
    const texts = new Set(genuine.map((body) => JSON.stringify(JSON.parse(body))));
    const parse = (body: string) =>
      JSON.parse(body) as { header: Record<string, string>; payload: unknown; signature: string };
    const pick = () => random.pick(genuine);
    const jose = (header: object) => Buffer.from(JSON.stringify(header)).toString('base64url');
    const kidOf = (signature: string): string =>
      (JSON.parse(Buffer.from(signature.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }).kid;
    /** Each answers another message than the genuine ones. */
    const ways: Array<() => string> = [
      // A bit of the whole text.
      () => {
        const bytes = Buffer.from(pick());
        const at = random.int(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(7));
        return bytes.toString('utf8');
      },
      // A bit of the signature itself.
      () => {
        const message = parse(pick());
        const [head, , tail = ''] = message.signature.split('.');
        const bytes = Buffer.from(tail, 'base64url');
        const at = random.int(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.int(8));
        return JSON.stringify({ ...message, signature: `${head}..${bytes.toString('base64url')}` });
      },
      // The signature of another message.
      () => {
        const [one, other] = [parse(pick()), parse(pick())];
        return one.signature === other.signature ? '{}' : JSON.stringify({ ...one, signature: other.signature });
      },
      // The body or the header of another.
      () => {
        const [one, other] = [parse(pick()), parse(pick())];
        if (one.signature === other.signature) return '{}';
        return JSON.stringify(
          random.chance(0.5) ? { ...one, payload: other.payload } : { ...one, header: other.header },
        );
      },
      // Another algorithm, or a header that brings its own key.
      () => {
        const message = parse(pick());
        const [, , tail] = message.signature.split('.');
        const kid = kidOf(message.signature);
        const typ = 'muster-message+jws';
        const header = random.pick([
          { alg: 'none', kid, typ },
          { alg: 'HS256', kid, typ },
          { alg: 'ES256', kid, typ },
          { alg: 'EdDSA', kid, typ, jwk: { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) } },
          { alg: 'EdDSA', kid, typ, crit: ['b64'], b64: false },
          { alg: 'EdDSA', kid, typ: 'JWT' },
          { alg: 'EdDSA', typ },
        ]);
        return JSON.stringify({ ...message, signature: `${jose(header)}..${random.chance(0.3) ? '' : tail}` });
      },
      // Somebody else's name.
      () => {
        const message = parse(pick());
        const sender = random.pick(['timers', 'worker', 'sweeper', 'coordinator ', 'Coordinator', '']);
        return JSON.stringify({ ...message, header: { ...message.header, sender } });
      },
      // Padding, left-over bits and other spellings of the same bytes.
      () => {
        const message = parse(pick());
        const [head = '', , tail = ''] = message.signature.split('.');
        const last = tail.at(-1) ?? 'A';
        const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        const twin =
          alphabet[(alphabet.indexOf(last) & 0x30) | ((alphabet.indexOf(last) + 1 + random.int(15)) & 0x0f)] ?? '';
        const spelled = random.pick([
          `${tail}==`,
          `${tail} `,
          `${tail.slice(0, -1)}${twin}`,
          `\n${tail}`,
          tail.replace(/[-_]/g, '+'),
        ]);
        if (spelled === tail) return '{}';
        return JSON.stringify({ ...message, signature: `${head}..${spelled}` });
      },
      // A cut.
      () => {
        const body = pick();
        return body.slice(0, random.int(body.length - 1));
      },
    ];
    const seen = new Map<string, number>();
    let accepted = 0;
    for (let n = 0; n < FORGERIES; n += 1) {
      if (n % 100 === 0) world.clock.advance(2_000);
      const forged = random.pick(ways)();
      if (says(forged)) continue;
      const code = await codeOf(decodeMessage(forged, worker, 'worker'));
      seen.set(code, (seen.get(code) ?? 0) + 1);
      if (!REFUSED.test(code)) accepted += 1;
    }
    expect({ accepted, seen: accepted === 0 ? {} : Object.fromEntries(seen) }).toEqual({ accepted: 0, seen: {} });
    expect(seen.get('signature_invalid')).toBeGreaterThan(FORGERIES / 5);
    // And the genuine ones were accepted all the time.
    for (const body of genuine) expect(await codeOf(decodeMessage(body, worker, 'worker'))).toBe('accepted');

    /** A flipped bit may change only how the same message is written, such as an escape or white space. */
    function says(forged: string): boolean {
      try {
        return texts.has(JSON.stringify(JSON.parse(forged)));
      } catch {
        return false;
      }
    }
  }, 300_000);
});
