import { randomUUID } from 'node:crypto';
import { eventBridgeBus } from '../../lambdas/adapters/aws/event-bridge-bus.ts';
import { type BusEvent, REPLAY_SOURCE } from '../../lambdas/contracts/bus-events.ts';
import { DEFAULT_TENANT } from '../../lambdas/contracts/names.ts';
import { CliError } from '../cli-error.ts';
import { type PastEvent, rebuildEvents, type Wanted } from '../cloud/rebuild-events.ts';
import { withSession } from '../cloud/session.ts';
import { outputOf } from '../cloud/target.ts';
import { paint, table } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print, printJson } from './options.ts';

export interface ReplayEventsOptions extends JsonOption {
  readonly correlation?: string;
  readonly from?: string;
  readonly to?: string;
  readonly tenant?: string;
  readonly dryRun?: boolean;
}

/**
 * `muster events replay`: publishes again what the platform said of runs, rebuilt from their journals, under a source that
 * no rule of the platform listens to. Nothing acts on it; whoever keeps a copy of events can make it whole.
 */
export function replayEvents(options: ReplayEventsOptions, globals: GlobalOptions): Promise<void> {
  const wanted = wantedOf(options, Date.now());
  return withSession(globals.stage, async (session) => {
    const { runs, events } = await rebuildEvents(session, wanted);
    const replay = { id: `replay-${randomUUID()}` };
    const published = options.dryRun ? 0 : events.length;
    if (!options.json) print(`${events.length} events of ${runs} runs${options.dryRun ? '' : ` as ${replay.id}`}`);
    if (!options.json && events.length > 0) print(countsOf(events));
    if (!options.dryRun && events.length > 0) {
      const bus = eventBridgeBus(session.aws.eventBridge, outputOf(session.target, 'BusName'));
      await bus.publish(REPLAY_SOURCE, marked(events, replay));
    }
    if (options.json)
      return printJson({ runs, published, ...(options.dryRun ? { events } : { replay, source: REPLAY_SOURCE }) });
    print(published === 0 ? paint.dim('nothing was published') : `published under the source ${REPLAY_SOURCE}`);
  });
}

/** The events, each saying that it is a replay, and which. */
export function marked(events: readonly PastEvent[], replay: { readonly id: string }): BusEvent[] {
  return events.map(({ event }) => Object.assign({}, event, { detail: { ...event.detail, replay } }));
}

/** @throws CliError when neither a correlation nor a time is named, or a time is none */
export function wantedOf(options: ReplayEventsOptions, now: number): Wanted {
  const { correlation, from, to, tenant = DEFAULT_TENANT } = options;
  if (correlation === undefined && from === undefined)
    throw new CliError('which events?', 'name --correlation ID, or --from and --to such as 2026-01-31T08:00Z');
  const since = from === undefined ? undefined : timeOf('--from', from);
  const until = to === undefined ? now : timeOf('--to', to);
  if (since !== undefined && since > until) throw new CliError('--from is later than --to');
  return {
    tenant,
    ...(correlation !== undefined && { correlationId: correlation }),
    ...(since !== undefined && { from: since }),
    to: until,
  };
}

function timeOf(option: string, given: string): number {
  const at = Date.parse(given);
  if (Number.isFinite(at)) return at;
  throw new CliError(`${option} ${given} is no time`, 'such as 2026-01-31T08:00Z');
}

function countsOf(events: readonly PastEvent[]): string {
  const counts = Map.groupBy(events, ({ event }) => event.name);
  return table(['event', 'times'], [...counts].map(([name, list]) => [name, String(list.length)]).sort());
}
