import { type BusEventDetail, REPLAY_SOURCE } from '../../../lambdas/contracts/bus-events.ts';
import type { Json } from '../../../lambdas/contracts/json.ts';
import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import { planOfTask } from '../programs/find-plan.ts';
import type { Program } from '../programs/plan.ts';
import { PERSON_ANSWERS } from '../programs/plan.ts';
import type { Random } from '../random.ts';
import { effectKey, type Ledger } from './ledger.ts';

type Asked = BusEventDetail<'decision_requested'>;

/**
 * By then no attempt that somebody was asked about can still be at work: its time is over (5 min), its process has
 * stood still at most so long (10 min), on a clock that is wrong by as much as clocks are here (twice 5 min).
 */
const SURE_AFTER_MS = 30 * 60_000;

/** People who answer what they are asked, each question once, as the program says; they look outside before they say "again". */
export function people(
  platform: InProcessPlatform,
  programs: ReadonlyMap<string, Program>,
  ledger: Ledger,
  random: Random,
): void {
  const asked = new Set<string>();
  const { clock, world } = platform;

  function answer(about: Asked, afterMs: number, decide: () => { decision: string; value?: Json }): void {
    const { workflow_id, task_id, decision_id, digest } = about;
    clock.after(afterMs, () => {
      const detail = {
        workflow_id,
        task_id,
        decision_id,
        comment: `about ${task_id}`,
        decided_by: 'person',
        ...(digest !== undefined && { digest }),
        ...decide(),
      };
      void platform.publish({ name: 'decision_made', detail }, 'person');
    });
  }

  world.bus.subscribe(({ source, detailType, detail }) => {
    if (detailType !== 'decision_requested' || source === REPLAY_SOURCE) return;
    const about = detail as Asked;
    const key = `${about.workflow_id} ${about.decision_id}`;
    if (asked.has(key)) return;
    asked.add(key);
    const program = programs.get(about.workflow);
    const plan = program && planOfTask(program, about.task_id);
    if (!plan) throw new Error(`nobody planned ${about.workflow}/${about.task_id}`);
    const { error } = about;
    if (error === undefined) {
      if (plan.kind !== 'ask') throw new Error(`${about.task_id} asks nothing by itself`);
      for (const { decision, afterMs } of plan.ask.answers) answer(about, afterMs, () => ({ decision }));
      return;
    }
    // A fork has no record of what the other run never did.
    if (error.code === 'not_recorded') {
      answer(about, random.between(1_000, 60_000), () => ({ decision: 'complete', value: { v: PERSON_ANSWERS } }));
      return;
    }
    const outside = plan.kind === 'type' && plan.work.effects === 'outside';
    const delay = outside ? SURE_AFTER_MS : random.between(1_000, 60_000);
    answer(about, delay, () => {
      if (plan.escalated === 'complete') return { decision: 'complete', value: { v: PERSON_ANSWERS } };
      const done = ledger.resultOf(effectKey(about.workflow_id, about.task_id));
      if (outside && plan.escalated === 'retry' && done !== undefined) return { decision: 'complete', value: done };
      return { decision: plan.escalated };
    });
  });
}
