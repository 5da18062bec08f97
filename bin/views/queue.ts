import type { FlowLines, QueueLine } from '../../lambdas/views/queue-lines.ts';
import { clockTime, paint, table, timeOf } from './text.ts';

/** Each limit with what is under way there, then the runs that stand still by themselves. */
export function queueText(flows: readonly FlowLines[], runs: readonly QueueLine[], now: number): string {
  const parts = flows.map((flow) => {
    const key = flow.key === '' ? '' : ` · key ${flow.key}`;
    const others = flow.others.running + flow.others.waiting;
    const more =
      others === 0 ? '' : paint.dim(`\n  other tenants: ${flow.others.running} run, ${flow.others.waiting} wait`);
    return `${paint.bold(flow.name)}${key} · ${flow.rule}${flow.shared ? ' · shared by all tenants' : ''}\n${linesTable(flow.lines, now)}${more}`;
  });
  if (runs.length > 0) parts.push(`${paint.bold('paused, on hold or tried again later')}\n${linesTable(runs, now)}`);
  return parts.join('\n\n');
}

function linesTable(lines: readonly QueueLine[], now: number): string {
  const rows = lines.map(({ state, run_id, workflow, task, permits, since, reason, expected_at }) => [
    state === 'running' ? paint.green(state) : paint.yellow(state),
    run_id.slice(0, 12),
    workflow,
    task ?? '',
    permits === undefined ? '' : String(permits),
    timeOf(since, now),
    expected_at === undefined ? '' : expected_at <= now ? 'now' : clockTime(expected_at, now),
    reason,
  ]);
  return table(['state', 'run', 'workflow', 'task', 'permits', 'since', 'expected', 'reason'], rows);
}
