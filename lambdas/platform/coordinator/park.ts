import { createHash } from 'node:crypto';
import { PLATFORM_SOURCE } from '../../contracts/bus-events.ts';
import { encodeMessage } from '../../runtime/message-codec.ts';
import type { Effect } from '../../workflow/effects.ts';
import { type RunState, taskAt } from '../../workflow/state.ts';
import { createAssigner } from './assignments.ts';
import type { CoordinatorPorts } from './coordinator-ports.ts';
import type { Evaluations } from './evaluate.ts';
import { confidentialTo } from './packing.ts';

/** Keeps what agents were sent and never answered, for repair: a crash that no code sees is counted here. */
export async function parkAttempts(
  state: RunState,
  effects: readonly Effect[],
  evaluations: Evaluations,
  ports: CoordinatorPorts,
): Promise<void> {
  for (const effect of effects) {
    if (effect.type !== 'park') continue;
    const { id, task, agent, attempt, reason } = effect;
    const at = ports.clock.now();
    const assignment = createAssigner(state, evaluations, ports, at);
    const message = await assignment(task, agent, `${id}/parked`);
    const known = (await ports.registry.agents()).find(({ name }) => name === agent);
    const parkedId = `parked_${createHash('sha256').update(id).digest('hex').slice(0, 40)}`;
    await ports.parkingLot.park({
      parkedId,
      queue: agent,
      at,
      tenant: state.request.tenant,
      messageId: message.header.message_id,
      messageType: 'task_assignment',
      runId: state.runId,
      taskId: taskAt(state, task).definition.id,
      reason,
      body: await encodeMessage({ ...message, header: { ...message.header, attempt } }, ports, confidentialTo(known)),
    });
    const detail = {
      queue: agent,
      at: new Date(at).toISOString(),
      message_id: message.header.message_id,
      message_type: 'task_assignment',
      reason,
      parked_id: parkedId,
    };
    await ports.bus.publish(PLATFORM_SOURCE, [{ name: 'message_parked', detail }]);
  }
}
