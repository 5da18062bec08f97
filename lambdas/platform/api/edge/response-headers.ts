/** With every answer: it is data, never a page, and nobody but who asked may keep it. */
const SECURITY = {
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

const ALLOWED_HEADERS = 'authorization, content-type, idempotency-key, x-agent-preference, x-request-id, x-tenant';
const EXPOSED_HEADERS = 'location, retry-after, x-request-id';

/** @param origins that pages may call the API from; none by default */
export function createHeaders(origins: readonly string[]) {
  const allowed = new Set(origins);

  /** What browsers are told of who may read the answer; nothing at all unless the origin is on the list. */
  function cors(origin: string | undefined): Record<string, string> {
    if (allowed.size === 0) return {};
    if (origin === undefined || !allowed.has(origin)) return { vary: 'origin' };
    return {
      vary: 'origin',
      'access-control-allow-origin': origin,
      'access-control-expose-headers': EXPOSED_HEADERS,
      'cross-origin-resource-policy': 'cross-origin',
    };
  }

  return {
    of: (origin: string | undefined): Record<string, string> => ({ ...SECURITY, ...cors(origin) }),
    /** The answer to a browser that asks before it calls. */
    preflight: (origin: string | undefined, methods: readonly string[]): Record<string, string> => {
      const headers: Record<string, string> = { ...SECURITY, ...cors(origin) };
      if (headers['access-control-allow-origin'] === undefined) return headers;
      return {
        ...headers,
        'access-control-allow-methods': methods.join(', '),
        'access-control-allow-headers': ALLOWED_HEADERS,
        'access-control-max-age': '600',
      };
    },
  };
}
