import { MusterError } from '../../contracts/errors.ts';

/** Nobody gave a place back in time. Worth another try: the task is tried again later. */
export class ConnectionPoolExhausted extends MusterError {
  override readonly name = 'ConnectionPoolExhausted';

  constructor(pool: string, places: number, waitedMs: number) {
    const message = `all ${places} places of the pool "${pool}" were taken for ${waitedMs / 1_000} s. Give it more, or let fewer tasks run at once`;
    super({ code: 'connection_pool_exhausted', class: 'recoverable', message, details: { pool, places } });
  }
}
