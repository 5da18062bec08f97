import type { ErrorReport } from '../contracts/errors.ts';
import type { Json } from '../contracts/json.ts';
import type { TaskUpdate } from '../contracts/messages.ts';
import type { Logger, Secrets } from './ports.ts';

/** Shorter ones would be found in texts that have nothing to do with them. */
const SHORTEST = 8;
const DEEPEST = 6;
const HIDDEN = '[redacted secret]';

/**
 * What was handed out as a secret in this container does not leave it by an error or a log line, whatever they say: an
 * agent's library may put its password into its message.
 */
export function keepSecrets({ secrets, logger }: { readonly secrets: Secrets; readonly logger: Logger }) {
  const known = new Set<string>();

  function learn(secret: string): void {
    for (const spelled of [secret, ...membersOf(secret)]) {
      if (spelled.length < SHORTEST) continue;
      known.add(spelled).add(encodeURIComponent(spelled)).add(JSON.stringify(spelled).slice(1, -1));
    }
  }

  function hide(text: string): string {
    let said = text;
    for (const secret of known) said = said.replaceAll(secret, HIDDEN);
    return said;
  }

  function clean(value: unknown, depth = 0): unknown {
    if (typeof value === 'string') return hide(value);
    if (typeof value !== 'object' || value === null || depth > DEEPEST) return value;
    if (Array.isArray(value)) return value.map((item) => clean(item, depth + 1));
    const isPlain = value instanceof Error || Object.getPrototypeOf(value) === Object.prototype;
    if (!isPlain) return value;
    const names = value instanceof Error ? ['message', 'stack', 'cause', 'details'] : Object.keys(value);
    const cleaned = names
      .filter((name) => name in value)
      .map((name) => [name, { value: clean(Reflect.get(value, name), depth + 1), enumerable: true }] as const);
    // An error stays one, of its own class: only what it says is another.
    return Object.create(value instanceof Error ? value : Object.prototype, Object.fromEntries(cleaned));
  }

  const level =
    (log: Logger['info']): Logger['info'] =>
    (message, fields = {}) =>
      known.size === 0
        ? log(message, fields)
        : log(hide(message), Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, clean(value)])));

  return {
    secrets: {
      async get(name: string, options?: { readonly fresh?: boolean }) {
        const secret = await secrets.get(name, options);
        learn(secret);
        return secret;
      },
    } satisfies Secrets,
    logger: {
      debug: level(logger.debug),
      info: level(logger.info),
      warn: level(logger.warn),
      error: level(logger.error),
    } satisfies Logger,
    /** A report without them; results are left as they are. */
    update: (update: TaskUpdate): TaskUpdate =>
      update.status === 'failed' && known.size > 0 ? { ...update, error: reported(update.error, hide) } : update,
  };
}

function reported({ message, details, ...error }: ErrorReport, hide: (text: string) => string): ErrorReport {
  const cleaned = details && { details: JSON.parse(hide(JSON.stringify(details))) as Record<string, Json> };
  return { ...error, message: hide(message), ...cleaned };
}

/** Secrets are often small JSON documents: a user, a password, a host. */
function membersOf(secret: string): string[] {
  if (!secret.startsWith('{')) return [];
  try {
    return Object.values(JSON.parse(secret) as object).filter((value) => typeof value === 'string');
  } catch {
    return [];
  }
}
