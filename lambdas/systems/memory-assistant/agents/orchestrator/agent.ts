import { DataError } from '../../../../contracts/errors.ts';
import { defineAgent } from '../../../../runtime/agent.ts';
import { monthsOf } from '../../collaborate/months-of.ts';
import { synthesize } from '../../collaborate/synthesize.ts';
import { Experiment, newExperiment, scored, variantFor } from '../../experiments/experiment.ts';
import { learnFrom, MANNER_BOUNDS, UNLEARNED } from '../../learning/adapt.ts';
import { Learned } from '../../learning/learned.ts';
import { readState, writeState } from '../../own-state.ts';
import { manifest } from './manifest.ts';

const LEARNED = 'learning';
const experimentNamed = (name: string): string => `experiment ${name}`;
/** The one that questions meet when they name none. */
const DEFAULT_EXPERIMENT = 'answers';

export const agent = defineAgent(manifest, {
  decompose_task: (request, ctx) => {
    const parts = monthsOf(request);
    ctx.addTasks(
      parts.map(({ part, stretch }) => ({
        ...{ id: `month-${part}`, type: 'analyze_patterns', group: 'months', description: `What was said in ${part}` },
        input: { stretches: [{ ...stretch }], whole: false },
      })),
    );
    return { type: 'decomposed' as const, parts };
  },
  synthesize_results: ({ plan, parts }) => synthesize(plan, parts),

  route_request: async ({ experiment: name = DEFAULT_EXPERIMENT, asker = 'owner' }, { memory }) => {
    const experiment = await readState(memory, experimentNamed(name), Experiment);
    const { manner } = (await readState(memory, LEARNED, Learned)) ?? UNLEARNED;
    return {
      ...{ type: 'routed' as const, variant: variantFor(experiment, asker), manner: MANNER_BOUNDS[manner] },
      experiment: experiment?.status === 'running' ? name : null,
    };
  },

  learn_from_feedback: async ({ feedback }, { memory }) => {
    const { performance_score: score, variant, experiment: name = DEFAULT_EXPERIMENT } = feedback;
    const { trend, ...learned } = learnFrom((await readState(memory, LEARNED, Learned)) ?? UNLEARNED, score);
    await writeState(memory, LEARNED, learned);
    const before = variant && (await readState(memory, experimentNamed(name), Experiment));
    const after = before && variant ? scored(before, variant, score) : undefined;
    if (after) await writeState(memory, experimentNamed(name), after);
    return {
      type: 'learned' as const,
      samples: learned.count,
      trend,
      manner: learned.manner,
      experiment: after ?? null,
    };
  },

  manage_experiment: async ({ name, action, share }, { memory }) => {
    const known = await readState(memory, experimentNamed(name), Experiment);
    if (action !== 'start' && !known)
      throw new DataError('no_such_experiment', `there is no experiment ${name}: start it`);
    if (action === 'start' && known?.status === 'running')
      throw new DataError('experiment_runs', `${name} runs already: stop it, or change its share`);
    if (action === 'share' && known?.status !== 'running')
      throw new DataError('experiment_ended', `${name} is ${known?.status}: start it anew to give it a share`);
    const next =
      action === 'start' || !known
        ? newExperiment(name, share)
        : {
            ...known,
            ...(action === 'share' && { share }),
            ...(action === 'stop' && { status: 'stopped' as const, why: 'stopped by a person' }),
          };
    if (action !== 'show') await writeState(memory, experimentNamed(name), next);
    return { type: 'experiment' as const, experiment: next };
  },
});
