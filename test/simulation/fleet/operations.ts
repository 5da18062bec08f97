import type { InProcessPlatform } from '../../../lambdas/testing/in-process-platform.ts';
import type { HistoryPlan } from '../plan-history.ts';
import type { Random } from '../random.ts';
import { recall } from './archiving.ts';
import { control } from './controller.ts';
import { repair } from './repair.ts';
import { tune } from './tuning.ts';

/** Does what the plan says that people do. */
export function command(platform: InProcessPlatform, plan: HistoryPlan, random: Random): void {
  for (const given of plan.commands ?? []) {
    const program = plan.programs[given.program];
    if (!program) continue;
    switch (given.does) {
      case 'archive':
        recall(platform, program, given, random);
        break;
      case 'parameters':
        tune(platform, given, random);
        break;
      case 'repair':
        repair(platform, plan.programs, given);
        break;
      // That takes a world that stands still.
      case 'restore':
        break;
      default:
        control(platform, program, given);
    }
  }
}
