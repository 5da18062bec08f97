import type { Limit } from '../contracts/flow-control.ts';
import type { WorkflowDefinition } from '../contracts/workflow-definition.ts';
import { fault } from './check-fault.ts';
import { checkLimits } from './check-limits.ts';

/**
 * The ways in fit together: none of them can never be passed.
 * @throws DataError `invalid_admission`, `unnamed_limits`
 */
export function checkAdmission({ admission, tasks }: Pick<WorkflowDefinition, 'admission' | 'tasks'>): void {
  if (!admission) return;
  const { debounce, singleton, batch, limits = [] } = admission;
  const refuse = (field: string, reason: string): Error => fault('invalid_admission', `admission${field}`, reason);
  if (!debounce && !singleton && !batch && limits.length === 0) {
    throw refuse(
      '',
      'admission names nothing to wait for: give it debounce, singleton, batch or limits, or leave it out',
    );
  }
  if (debounce?.atMostSeconds !== undefined && debounce.atMostSeconds < debounce.seconds) {
    throw refuse('.debounce.atMostSeconds', `it must be at least as long as "seconds", which is ${debounce.seconds}`);
  }
  if (singleton && batch && singleton.key === batch.key && batch.size > 1) {
    throw refuse('.batch', 'with the key of the singleton only one run at a time gets here: such a batch never fills');
  }
  checkLimits('the admission', 'admission', limits);
  for (const [position, limit] of limits.entries()) {
    const taker = tasks.find((task) => task.limits?.some((other) => mayBeSame(limit, other)));
    if (!taker) continue;
    const reason = `runs hold a permit of "${limit.name}" until they end, and task "${taker.id}" would wait for another`;
    throw refuse(`.limits.${position}.name`, `${reason}: give one of the two limits another name`);
  }
}

/** Both are held, and under one name; keys may turn out the same. */
function mayBeSame(one: Limit, other: Limit): boolean {
  const held = one.concurrency !== undefined && other.concurrency !== undefined;
  return held && one.name !== undefined && one.name === other.name && one.scope === other.scope;
}
