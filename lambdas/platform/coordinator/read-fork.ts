import type { ForkRun } from '../../contracts/messages.ts';
import { WorkflowDefinition } from '../../contracts/workflow-definition.ts';
import type { Blobs, Registry } from '../../runtime/ports.ts';
import { openDocuments } from '../../workflow/documents.ts';
import { forkPoint, recordsOf } from '../../workflow/fork-point.ts';
import type { Journal } from '../../workflow/journal.ts';
import { stateAt, stateJson } from '../../workflow/replay.ts';
import type { TurnInput } from '../../workflow/turn.ts';

export interface ForkSource {
  readonly journal: Pick<Journal, 'read'>;
  readonly blobs: Blobs;
  readonly registry: Pick<Registry, 'agents'>;
}

type Fork = Extract<TurnInput, { type: 'fork_run' }>['payload'];

/**
 * A request to fork with what it needs of the other run: its state after the entry that is named, and what its outside
 * work answered up to its end.
 * @throws DataError `unknown_entry` or `not_forkable`
 */
export async function readFork(request: ForkRun, { journal, blobs, registry }: ForkSource): Promise<Fork> {
  const { definition, ...payload } = request;
  const { from, at } = payload;
  const entries = await openDocuments(await journal.read(from, 0), (ref) => blobs.get(ref));
  const point = forkPoint(from, entries, at);
  const last = stateAt(from, entries);
  const fetched = definition && ('ref' in definition ? await blobs.get(definition.ref) : definition.value);
  return {
    ...payload,
    ...(fetched !== undefined && { definition: WorkflowDefinition.parse(fetched) }),
    state: stateJson(point.state),
    records: recordsOf(last, await registry.agents()),
  };
}
