import * as z from 'zod';
import { EpochMs } from './names.ts';

/** When a circuit breaker opens: so many failures of class `system` within so many seconds. It stays open as long. */
export const BreakerPolicy = z.object({ failures: z.number().int().positive(), seconds: z.number().positive() });
export type BreakerPolicy = z.infer<typeof BreakerPolicy>;
export const DEFAULT_BREAKER: BreakerPolicy = { failures: 5, seconds: 60 };

/** One agent's breaker, shared by all coordinators. An agent without failures has none, which means closed. */
export const BreakerState = z.object({
  failures: z
    .array(z.object({ id: z.string(), at: EpochMs }))
    .describe('The last ones that count, each once however often it is reported'),
  open_until: EpochMs.optional().describe('Open: nothing is sent before this; afterwards one probe (half-open)'),
  probe: z.object({ holder: z.string(), until: EpochMs }).optional().describe('Who is probing: a lease'),
});
export type BreakerState = z.infer<typeof BreakerState>;
