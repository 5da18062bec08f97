import * as z from 'zod';
import { type LogLine, readLogs } from '../cloud/read-logs.ts';
import { findRun } from '../cloud/run-reader.ts';
import { withSession } from '../cloud/session.ts';
import { paint, timeOf } from '../views/text.ts';
import { type GlobalOptions, type JsonOption, print } from './options.ts';

const DAY_MS = 86_400_000;
const Structured = z.looseObject({ level: z.string().optional(), message: z.string().optional() });

/** `muster logs RUN`: every line that names the run, from all functions. */
export function logs(given: string, options: JsonOption, globals: GlobalOptions): Promise<void> {
  return withSession(globals.stage, async (session) => {
    const runId = await findRun(session, given);
    const record = await session.runs.get(runId);
    const lines = await readLogs(session, runId, record ? record.requestedAt - 60_000 : Date.now() - DAY_MS);
    if (lines.length === 0) return print(`no function has logged anything about ${runId}`);
    const now = Date.now();
    for (const line of lines) print(options.json ? line.message : readable(line, now));
  });
}

/** A structured line as a person reads it; anything else as it is. */
export function readable({ at, group, message }: LogLine, now: number): string {
  const parsed = parse(message);
  if (!parsed?.message) return `${paint.dim(timeOf(at, now))} ${shortName(group)} ${message}`;
  const { level = 'info', message: text, time: _, timestamp: __, run_id: ___, ...fields } = parsed;
  const colour = /err/i.test(level) ? paint.red : /warn/i.test(level) ? paint.yellow : paint.dim;
  const rest = Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  return `${paint.dim(timeOf(at, now))} ${colour(level.toLowerCase().padEnd(5))} ${shortName(group)}  ${text}  ${paint.dim(rest)}`;
}

function parse(message: string): z.infer<typeof Structured> | undefined {
  try {
    return Structured.parse(JSON.parse(message));
  } catch {
    return undefined;
  }
}

/** `/aws/lambda/Muster-local-Etl-EtlExtractor1A2B3C-XyZ` → `Etl-EtlExtractor1A2B3C`. */
function shortName(group: string): string {
  const name = group.slice(group.lastIndexOf('/') + 1).replace(/^Muster-[a-z0-9-]+?-(?=[A-Z])/, '');
  return name
    .replace(/-[A-Za-z0-9]{6,}$/, '')
    .slice(0, 32)
    .padEnd(32);
}
