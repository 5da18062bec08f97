import type { AttackMutant } from '../attack-mutant.ts';

const SECURITY = 'lambdas/runtime/signing/message-security.ts';
const JWE = 'lambdas/runtime/signing/jwe.ts';
const BOUND = 'test/unit/security/bound-ciphertext.test.ts';
const SIGNED = 'test/unit/runtime/signing/message-security.test.ts';
const FORGERIES = {
  file: 'test/unit/runtime/signing/forgeries.test.ts',
  name: 'a hundred thousand of them are refused',
};

/** Messages between agents: who has said what, and who may read it. */
export const MESSAGE_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 6,
    id: 'unsigned-messages',
    file: SECURITY,
    find: "if (mode === 'accepted') return;",
    replace: 'return;',
    defence: 'what is not signed is refused',
    test: { file: SIGNED, name: 'with no signature is refused' },
  },
  {
    attack: 6,
    id: 'requests-of-anybody',
    file: 'lambdas/platform/intake/intake.ts',
    find: "if (!(await isGenuine(record.body, 'intake', ports))) return 'refused';",
    replace: '',
    defence: 'what an agent asks for on the bus is held against its signature',
    test: {
      file: 'test/unit/platform/intake/forged-events.test.ts',
      name: 'that another agent has signed is dropped and told',
    },
  },
  {
    attack: 6,
    id: 'progress-of-anybody',
    file: 'lambdas/platform/stream/tell-followers.ts',
    find: "if (!(await isGenuine(record.body, 'stream', ports))) {",
    replace: "if (record.body === '') {",
    defence: 'so is what those who follow a run are told of it',
    test: {
      file: 'test/unit/platform/stream/forged-events.test.ts',
      name: 'and nobody has signed, or another than it names, is dropped and told',
    },
  },
  {
    attack: 6,
    id: 'log-of-anybody',
    file: 'lambdas/platform/audit/read-note.ts',
    find: 'if (isRefusal(error)) return error.code;',
    replace: 'if (isRefusal(error)) return undefined;',
    defence: 'and what the audit keeps as the word of an agent',
    test: {
      file: 'test/unit/platform/audit/audit.test.ts',
      name: 'has what somebody said in the name of an agent as refused, and not as its word',
    },
  },
  {
    attack: 6,
    id: 'unchecked-signatures',
    file: SECURITY,
    find: 'if (!jws.isBy(known.key, content)) throw',
    replace: "if (content === '') throw",
    defence: 'a signature is of this message: no bit of it may change',
    test: FORGERIES,
  },
  {
    attack: 6,
    id: 'unsigned-bodies',
    file: SECURITY,
    // biome-ignore-start lint/suspicious/noTemplateCurlyInString: it is code
    find: 'return `{"body":"${digest}","header":${canonicalJson(header)}}`;',
    replace: 'return `{"header":${canonicalJson(header)}}`;',
    // biome-ignore-end lint/suspicious/noTemplateCurlyInString: it is code
    defence: 'the body is signed with the header',
    test: { file: SIGNED, name: 'with another payload is refused' },
  },
  {
    attack: 6,
    id: 'keys-of-all-times',
    file: SECURITY,
    find: 'if (!signedThen(known, at) || clock.now() > known.keepUntil)',
    replace: 'if (at < 0)',
    defence: 'a key that its owner has given up signs nothing more',
    test: { file: SIGNED, name: 'that its owner has given up signs nothing more, whoever has got hold of it' },
  },
  {
    attack: 6,
    id: 'one-kind-for-another',
    file: SECURITY,
    find: 'if (jws?.header.typ !== typ || ',
    replace: 'if (!jws || ',
    defence: 'a signature of an event is none of a message',
    test: { file: SIGNED, name: 'of one kind is no signature of another kind' },
  },
  {
    attack: 6,
    id: 'any-signature-algorithm',
    file: 'lambdas/runtime/signing/jws.ts',
    find: '  alg: z.literal(ALG),',
    replace: '  alg: z.string(),',
    defence: 'there is one algorithm, whatever a header says',
    test: { file: SIGNED, name: 'for the algorithm is refused before any key is looked for' },
  },
  {
    attack: 6,
    id: 'meant-for-others',
    file: 'lambdas/runtime/message-codec.ts',
    find: 'if (receiver !== undefined && header.receiver !== receiver)',
    replace: "if (receiver === '')",
    defence: 'what was signed for one receiver is not taken by another',
    test: { file: SIGNED, name: 'that was for somebody else is refused, though its signature is right' },
  },
  {
    attack: 8,
    id: 'tasks-of-others',
    file: 'lambdas/workflow/handle-report.ts',
    find: 'if (holder !== agent) {',
    replace: "if (holder === '') {",
    defence: 'an agent speaks of the attempts that it was given, and of no other',
    test: {
      file: 'test/unit/runtime/signing/in-a-fleet.test.ts',
      name: 'takes no report of an agent on a task that another holds, though it is signed',
    },
  },
  {
    attack: 8,
    id: 'keys-in-rows-of-others',
    file: 'lambdas/runtime/signing/key-ring.ts',
    find: 'if (found?.sender !== sender || found.kid !== kid) return undefined;',
    replace: 'if (!found) return undefined;',
    defence: 'a key counts for whom it was published by',
    test: { file: SIGNED, name: 'in the row of another is nobody’s' },
  },
  {
    attack: 8,
    id: 'signing-for-others',
    file: SECURITY,
    find: 'if (header.sender !== name) throw',
    replace: "if (header.sender === '') throw",
    defence: 'a container signs in its own name alone',
    test: { file: SIGNED, name: 'is signed in the name of its container only' },
  },
];

/** Ciphertexts. */
export const CIPHER_MUTANTS: readonly AttackMutant[] = [
  {
    attack: 7,
    id: 'bound-to-no-tenant',
    file: JWE,
    find: 'encoded(JSON.stringify([tenant, receiver, messageId]))',
    replace: 'encoded(JSON.stringify([tenant.slice(0, 0), receiver, messageId]))',
    defence: 'a ciphertext is of one tenant',
    test: { file: BOUND, name: 'to another tenant does not open' },
  },
  {
    attack: 7,
    id: 'bound-to-no-message',
    file: JWE,
    find: 'encoded(JSON.stringify([tenant, receiver, messageId]))',
    replace: 'encoded(JSON.stringify([tenant, receiver, messageId.slice(0, 0)]))',
    defence: 'in one message',
    test: {
      file: 'test/unit/runtime/signing/encryption.test.ts',
      name: 'that was moved to another message is refused, though a sender has signed it',
    },
  },
  {
    attack: 7,
    id: 'bound-to-no-receiver',
    file: JWE,
    find: 'encoded(JSON.stringify([tenant, receiver, messageId]))',
    replace: 'encoded(JSON.stringify([tenant, receiver.slice(0, 0), messageId]))',
    defence: 'and for one receiver',
    test: { file: BOUND, name: 'to another receiver does not open' },
  },
];
