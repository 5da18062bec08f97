import pg from 'pg';
import { NonRecoverableError } from '../../contracts/errors.ts';

const CONNECT_MS = 10_000;
const STATEMENT_MS = 60_000;
/** The server cancels a statement first; a wait this long means that nobody is there. */
const SILENCE_MS = STATEMENT_MS + 5_000;

/** A connection whose waits fail at once when it is lost, instead of hanging. */
export interface PostgresSession {
  readonly client: pg.Client;
  /** The outcome of `work`, or the loss of the connection or the end of the attempt's time, whichever comes first. */
  guard<T>(work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where a database is, and who we are there; `fresh`: as it is now, since what we knew was refused. */
export type DatabaseUrl = (options: { readonly fresh: boolean }) => Promise<string>;

/** Wrong password, or nobody of that name: also what a user sees whose password was just rotated. */
const REFUSED = new Set(['28P01', '28000']);

/**
 * Connects; once more where the secret says something else by now. The caller classifies what is thrown (see
 * source-errors.ts) and closes the session whatever happens.
 */
export async function openPostgres(url: DatabaseUrl, name: string, signal: AbortSignal): Promise<PostgresSession> {
  const known = await url({ fresh: false });
  try {
    return await connect(known, name, signal);
  } catch (thrown) {
    const isRefused = thrown instanceof Error && 'code' in thrown && REFUSED.has(String(thrown.code));
    const renewed = isRefused ? await url({ fresh: true }) : known;
    if (renewed === known) throw thrown;
    return connect(renewed, name, signal);
  }
}

async function connect(url: string, name: string, signal: AbortSignal): Promise<PostgresSession> {
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new NonRecoverableError('secret_malformed', `the secret of "${name}" holds no postgresql:// URL`, {
      source: name,
    });
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    application_name: 'muster-etl',
  });
  let lose: (reason: unknown) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    lose = reject;
  });
  lost.catch(() => {});
  const aborted = () => lose(signal.reason);
  client.on('error', (error) => lose(error));
  client.on('end', () => lose(new Error('Connection terminated')));
  signal.addEventListener('abort', aborted, { once: true });

  const guard = async <T>(work: Promise<T>): Promise<T> => {
    const silence = setTimeout(() => lose(new Error('timeout expired')), SILENCE_MS);
    try {
      return await Promise.race([work, lost]);
    } finally {
      clearTimeout(silence);
    }
  };
  const close = async () => {
    signal.removeEventListener('abort', aborted);
    // A server that is gone never confirms the goodbye.
    const patience = new Promise<void>((resolve) => setTimeout(resolve, 1_000).unref());
    await Promise.race([client.end().catch(() => {}), patience]);
  };
  try {
    await guard(client.connect());
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { client, guard, close };
}
