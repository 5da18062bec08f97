import { type BusEventDetail, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import { LIMITS } from '../../../lambdas/contracts/limits.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { does, type HistoryPlan } from '../plan-history.ts';
import { definitionOf } from '../programs/compile.ts';
import { allTasks, type Program, requestIdOf } from '../programs/plan.ts';

/** Asks for the program's run when it is time, sends it its events and its cancel. */
export async function request(platform: InProcessPlatform, program: Program, plan: HistoryPlan): Promise<void> {
  const { requestedAt = 0 } = program;
  if (requestedAt === 0) await requestNow(platform, program, plan);
  else platform.clock.after(requestedAt, () => void requestNow(platform, program, plan));
}

async function requestNow(platform: InProcessPlatform, program: Program, plan: HistoryPlan): Promise<void> {
  const { clock } = platform;
  const request_id = requestIdOf(program);
  const common = { request_id, tenant: 'default' };
  for (const task of allTasks(program.tasks)) {
    if (task.kind !== 'waitFor' || task.wait.at === undefined) continue;
    const { event, key, payload, at } = task.wait;
    const detail = {
      ...common,
      event,
      payload,
      event_id: `${request_id}/${task.id}`,
      ...(key !== undefined && { key }),
    };
    const send = (): void => void platform.publish({ name: 'workflow_event', detail });
    if (at === 0) send();
    else clock.after(at, send);
  }
  const definition = definitionOf(program);
  // What the bus does not take has to be registered.
  const adHoc = plan.adHoc && JSON.stringify(definition).length < LIMITS.requestDetail / 2;
  if (!adHoc) await platform.world.registry.registerDefinition(definition);
  const detail = {
    ...common,
    workflow: program.name,
    input: program.input,
    ...(adHoc && { definition: JSON.parse(JSON.stringify(definition)) }),
  };
  await platform.publish({ name: 'workflow_requested', detail });
  if (does(plan, 'drain')) askAgain(platform, detail);
  for (const repeat of plan.repeats ?? []) {
    const again = repeat.otherBody ? { ...detail, input: { ...program.input, other: true } } : detail;
    clock.after(repeat.afterMs, () => void platform.publish({ name: 'workflow_requested', detail: again }));
  }
  if (program.cancelAt === undefined) return;
  const workflow_id = runIdOf('default', request_id);
  clock.after(
    program.cancelAt,
    () =>
      void platform.publish({
        name: 'workflow_cancel_requested',
        detail: { workflow_id, reason: 'by plan', requested_by: 'person' },
      }),
  );
}

const ASKS_AGAIN_MS = 30_000;

/** A client that is turned away while its tenant is drained comes again. */
function askAgain(platform: InProcessPlatform, request: BusEventDetail<'workflow_requested'>): void {
  let waits = false;
  platform.world.bus.subscribe(({ source, detailType, detail }) => {
    if (source === REPLAY_SOURCE || detailType !== 'workflow_rejected' || detail.code !== 'draining') return;
    if (detail.request_id !== request.request_id || waits) return;
    waits = true;
    platform.clock.after(ASKS_AGAIN_MS, () => {
      waits = false;
      void platform.publish({ name: 'workflow_requested', detail: request });
    });
  });
}
