/** The attacks of the matrix: what is tried, and what comes of it. What stops each is in the list of mutants. */
export const ATTACKS: Readonly<Record<number, { readonly attack: string; readonly outcome: string }>> = {
  1: {
    attack:
      'A forged JWT: `none`, an RSA key as an HMAC secret, another issuer or audience, out of its time, `kid`, `jku`, `x5u`, `jwk`',
    outcome: '401, audited',
  },
  2: {
    attack: 'A role that may not, on any route, of any tenant, on what is whose',
    outcome: 'what the one table says for every cell; what is not in it is denied',
  },
  3: {
    attack: "Another tenant's id in a path, a query, a search, a stream, a message, a key",
    outcome: "404, audited; nothing of the other's changes",
  },
  4: { attack: 'Tenant or role in the body', outcome: '400; the token alone says who asks' },
  5: { attack: 'A WebSocket whose token ends or is taken back', outcome: 'closed' },
  6: {
    attack: 'A message of an agent that is forged, changed by a bit, replayed, or signed with a weaker algorithm',
    outcome: 'dropped, a security event',
  },
  7: {
    attack: 'A ciphertext that is moved to another tenant or receiver',
    outcome: 'refused: both are bound as associated data',
  },
  8: {
    attack: 'An agent that speaks as another: on the bus, in the report queue, by signature',
    outcome: 'denied by IAM and by the coordinator',
  },
  9: { attack: 'A role that may more, or less, than its manifest says', outcome: 'the build fails, both ways' },
  10: {
    attack: 'Wildcards, PassRole, something public or unencrypted in a template',
    outcome: 'the build fails (cdk-nag, and tests of the templates)',
  },
  11: {
    attack: 'A prompt injection, with a model that obeys it',
    outcome: 'no forbidden effect: tools outside the manifest do not exist for it, privileged ones ask a person',
  },
  12: {
    attack: 'A poisoned memory, recalled in another run',
    outcome: 'it is marked as from outside, and privileged tools refuse it',
  },
  13: { attack: "A tool's description changes after it was approved", outcome: 'refused: its hash is pinned' },
  14: {
    attack: 'SSRF: metadata services, IPv6 forms, redirects, DNS rebinding',
    outcome: 'refused, before or after the name is resolved',
  },
  15: {
    attack: '`__proto__`, deep nesting, huge numbers, broken UTF-8, NUL',
    outcome: '400 or a data error that says where',
  },
  16: { attack: 'SQL or expression injection', outcome: 'bound values, and functions of a list' },
  17: { attack: 'Secrets in logs, errors, dead letters, audit, traces', outcome: 'no canary is found in any sink' },
  18: { attack: 'A rate limit passed by calling at once', outcome: 'bounded per tenant and per principal: 429' },
  19: { attack: 'A fan-out bomb, endless delegation, a circle on the bus', outcome: 'depth, hops and budget end it' },
  20: { attack: 'An audit entry deleted, put elsewhere or cut off', outcome: '`muster audit verify` finds it' },
  21: {
    attack: 'Behaviour out of the ordinary: volume, hours, peers, sequence',
    outcome: 'an alert that says which feature; measured on labelled scenarios',
  },
  22: {
    attack: 'An approval that is spoofed, of oneself, or replayed for other arguments',
    outcome: 'refused, on the bus and in the journal',
  },
  23: {
    attack: 'A rogue agent',
    outcome: 'quarantined within one message: not selected, its inbox paused',
  },
  24: {
    attack: 'A zip bomb, a formula in a CSV file, a path that leads up, in a source',
    outcome: 'refused, or made harmless',
  },
};
