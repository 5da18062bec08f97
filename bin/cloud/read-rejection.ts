import * as z from 'zod';
import { readLogs } from './read-logs.ts';
import type { Session } from './session.ts';

const Rejected = z.looseObject({
  message: z.literal('request rejected'),
  code: z.string(),
  field: z.string(),
  reason: z.string(),
});

/**
 * Why the intake has refused the last request about a run, as its log says; undefined when it has not, or not yet.
 * On the bus the same stands in a `workflow_rejected` event, but a command line has no queue to hear it with.
 */
export async function readRejection(session: Session, runId: string, since: number): Promise<string | undefined> {
  const lines = await readLogs(session, runId, since).catch(() => []);
  for (const { message } of lines.reverse()) {
    const rejected = parse(message, Rejected);
    if (rejected) return `${rejected.code}${rejected.field ? ` at ${rejected.field}` : ''}: ${rejected.reason}`;
  }
  return undefined;
}

const Refused = z.looseObject({ message: z.literal('request refused'), code: z.string(), reason: z.string() });

/** Why the monitor has refused the last request about an agent, as its log says. */
export async function readRefusal(session: Session, agent: string, since: number): Promise<string | undefined> {
  const lines = await readLogs(session, agent, since).catch(() => []);
  for (const { message } of lines.reverse()) {
    const refused = parse(message, Refused);
    if (refused) return `${refused.code}: ${refused.reason}`;
  }
  return undefined;
}

function parse<S extends z.ZodType>(line: string, schema: S): z.output<S> | undefined {
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
