import { WorkflowDiff } from '../../../contracts/api/repair.ts';
import { ROUTES } from '../../../contracts/api/routes.ts';
import { API_SOURCE } from '../../../contracts/bus-events.ts';
import { Json } from '../../../contracts/json.ts';
import { comparedRun } from '../../../views/compared-run.ts';
import { momentsOf } from '../../../views/moments.ts';
import { entryAt, readJournal } from '../../../views/read-journal.ts';
import { replayOf } from '../../../views/replay-run.ts';
import { diffRuns } from '../../../views/run-diff.ts';
import type { JournalEntry } from '../../../workflow/journal.ts';
import { requestDigest, runIdOf } from '../../../workflow/run-identity.ts';
import type { Handler } from '../call.ts';
import { acceptedAnswer, instant } from './answers.ts';
import { refuse, reused } from './ask-for-run.ts';
import { openRun } from './open-run.ts';
import { eventOf } from './tell.ts';
import { until } from './until.ts';

/** How long the intake is given to take a fork or to turn it away, ms. */
const TAKEN_WITHIN_MS = 5_000;

export const forkWorkflow: Handler<'forkWorkflow'> = async ({ caller, params, body }, ports) => {
  const { workflow_id: from } = params;
  const { record: source } = await openRun(caller, from, ROUTES.forkWorkflow.access, ports);
  const { at, edit, effects, reason } = body;
  const runId = runIdOf(source.tenant, caller.requestId);
  const digest = requestDigest(Json.parse({ from, at: at ?? null, edit: edit ?? null, effects }));
  const earlier = await ports.runs.get(runId);
  if (earlier && earlier.requestDigest !== digest) throw reused(caller.requestId, runId);
  if (earlier) return acceptedAnswer(runId, earlier.status, caller.requestId);
  if (at !== undefined) entryAt(await readJournal(ports, from), at);
  const before = await ports.rejections.of(runId);
  const event = eventOf('workflow_fork_requested', {
    ...{ workflow_id: from, request_id: caller.requestId, effects, reason, requested_by: caller.principal.sub },
    ...(at !== undefined && { at }),
    ...(edit && { edit }),
  });
  await ports.bus.publish(API_SOURCE, [event]);
  const taken = await until(ports.clock, ports.clock.now() + TAKEN_WITHIN_MS, async () => {
    const record = await ports.runs.get(runId);
    if (!record) refuse(await ports.rejections.of(runId), before);
    return record;
  });
  return acceptedAnswer(runId, taken?.status ?? 'requested', caller.requestId);
};

export const replayWorkflow: Handler<'replayWorkflow'> = async ({ caller, params, query }, ports) => {
  const { workflow_id } = params;
  await openRun(caller, workflow_id, ROUTES.replayWorkflow.access, ports);
  const entries = await readJournal(ports, workflow_id);
  const at = entryAt(entries, query.at);
  const { state, ...replayed } = replayOf(workflow_id, entries, at, await ports.journal.readSnapshot(workflow_id));
  return { status: 200, body: { ...replayed, state: Json.parse(state) } };
};

export const diffWorkflows: Handler<'diffWorkflows'> = async ({ caller, params }, ports) => {
  const { access } = ROUTES.diffWorkflows;
  const { workflow_id, other_id } = params;
  for (const runId of [workflow_id, other_id]) await openRun(caller, runId, access, ports);
  const found = diffRuns(await comparedRun(ports, workflow_id), await comparedRun(ports, other_id));
  return { status: 200, body: WorkflowDiff.parse(found) };
};

export const listWorkflowEvents: Handler<'listWorkflowEvents'> = async ({ caller, params, query }, ports) => {
  const { workflow_id } = params;
  const { view } = await openRun(caller, workflow_id, ROUTES.listWorkflowEvents.access, ports);
  if (view.seq === 0) return { status: 200, body: { items: [], last: 0, more: false } };
  const { after, limit } = query;
  const entries = await readJournal(ports, workflow_id);
  const page = entries.filter(({ seq }) => seq > after).slice(0, limit);
  const nameOf = (index: number): string => view.tasks[index]?.id ?? String(index);
  const items = page.flatMap((entry) => happeningsOf(entry, nameOf));
  const last = page.at(-1)?.seq ?? after;
  return { status: 200, body: { items, last, more: (entries.at(-1)?.seq ?? 0) > last } };
};

/** What happened in an entry, event by event: of each task that it concerns, or of the run. */
function happeningsOf(entry: JournalEntry, nameOf: (index: number) => string) {
  const at = instant(entry.at);
  return entry.events.flatMap((event) => {
    if (event.type === 'timer_armed') return [];
    const moments = momentsOf([{ ...entry, events: [event] }], nameOf);
    if (moments.length === 0) return [{ entry: entry.seq, at, event: event.type }];
    return moments.map(({ task, details }) => ({
      ...{ entry: entry.seq, at, event: event.type },
      ...(task !== undefined && { task_id: task }),
      ...(details !== null && { details }),
    }));
  });
}
