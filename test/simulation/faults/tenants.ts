import type { Limit } from '../../../lambdas/contracts/flow-control.ts';
import { isFlowId } from '../../../lambdas/flow/flow-identity.ts';
import { runIdOf } from '../../../lambdas/workflow/run-identity.ts';
import { definitionOf } from '../programs/compile.ts';
import type { LimitPlan, Program, TaskPlan } from '../programs/plan.ts';
import type { FaultKind } from './fault.ts';

const SHARED = { name: 'sim.platform', scope: 'platform', concurrency: 2 } as const satisfies LimitPlan & Limit;

/** A run of so many tasks that do not depend on each other, all under the limit that the tenants share. */
function wide(name: string, size: number, ms: number, priority?: 1): Program {
  const tasks = Array.from({ length: size }, (_, index): TaskPlan => {
    const work = {
      effects: 'none',
      behaviour: { does: 'run_long', ms },
      attempts: 20,
      pad: 0,
      adds: [],
      reads: [],
    } as const;
    return { kind: 'type', work, id: `w${index}`, dependsOn: [], escalated: 'retry', limits: [SHARED] };
  });
  const rest = {
    groups: {},
    input: {},
    timeoutSeconds: 86_400,
    lifecycle: 'queue',
    events: 'workflow',
    pad: 0,
  } as const;
  return { name, tasks, ...rest, ...(priority && { priority }) };
}

export const noisyTenant: FaultKind = {
  number: 32,
  does: 'a tenant asks for far more than its share of a limit that others need too',
  arm(context) {
    const [noisy, quiet, patient] = [wide('noisy', 40, 7_000), wide('quiet', 4, 1_000), wide('patient', 1, 1_000, 1)];
    const programs = [noisy, quiet, patient];
    // One of the noisy tenant's own is less urgent than all the others of it, and must not wait for ever either.
    const tenantOf = ({ name }: Program): string => (name === 'quiet' ? 'quiet' : 'noisy');
    const idOf = (program: Program): string => runIdOf(tenantOf(program), `request ${program.name}`);
    return {
      async begin() {
        const { platform } = context.world();
        for (const program of programs) {
          context.world().programs.set(program.name, program);
          await platform.world.registry.registerDefinition(definitionOf(program));
          const { name, input } = program;
          const detail = { request_id: `request ${name}`, tenant: tenantOf(program), workflow: name, input };
          const afterMs = name === 'noisy' ? 0 : context.random.int(2_000);
          context.fired();
          platform.clock.after(afterMs, () => void platform.publish({ name: 'workflow_requested', detail }));
        }
      },
      async check() {
        const { platform } = context.world();
        const faults: string[] = [];
        for (const program of programs) {
          const record = await platform.world.runs.get(idOf(program));
          if (record?.status !== 'completed') faults.push(`T: the run of ${program.name} is ${record?.status}`);
        }
        const [many, few] = [idOf(noisy), idOf(quiet)];
        const journal = await platform.world.journal.read(few, 0);
        const asked = journal.flatMap(({ events }) => events).find((event) => event.type === 'gates_set');
        const flow = asked?.type === 'gates_set' ? asked.gates[0]?.flow_id : undefined;
        if (flow === undefined || !isFlowId(flow)) return faults;
        /** While the quiet one waits, the noisy one gets no more than it does. */
        let waits = 0;
        let before = 0;
        let granted = 0;
        for (const { events } of await platform.world.flowJournal.read(flow, 0)) {
          for (const event of events) {
            if (event.type === 'permits_asked' && event.run === few) {
              if (waits <= 0) before = 0;
              waits = event.asked - (event.withdrawn ?? 0) - granted;
            }
            // It has ended, and with it what it waited for.
            if (event.type === 'claims_ended' && event.runs.includes(few)) waits = 0;
            if (event.type !== 'permits_granted') continue;
            const shares = new Map(event.grants);
            if (waits > 0) before += (shares.get(many) ?? 0) - (shares.get(few) ?? 0);
            granted += shares.get(few) ?? 0;
            waits -= shares.get(few) ?? 0;
            if (waits > 0 && before > SHARED.concurrency + 1)
              return [...faults, `T: the noisy tenant got ${before} more permits than the quiet one, which waits`];
          }
        }
        return faults;
      },
    };
  },
};
