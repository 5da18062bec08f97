import { definitionOf } from '../../../../lambdas/definitions/part.ts';
import { broadcast } from '../../../../lambdas/definitions/patterns/broadcast.ts';
import { consensus } from '../../../../lambdas/definitions/patterns/consensus.ts';
import { decompose } from '../../../../lambdas/definitions/patterns/decompose.ts';
import { pipeline } from '../../../../lambdas/definitions/patterns/pipeline.ts';
import { requestResponse } from '../../../../lambdas/definitions/patterns/request-response.ts';
import { scatterGather } from '../../../../lambdas/definitions/patterns/scatter-gather.ts';

const type = 'probe.shared';
const head = (name: string) => ({ name: `probe.${name}`, lifecycle: 'queue' }) as const;
/** JSONata for an order to fail. */
const FAIL = '{ "class": "data" }';
const PEERS = ['alpha', 'beta', 'gamma'] as const;

const request = definitionOf(
  head('request'),
  requestResponse({ id: 'answer', type, input: { say: '{% "re: " & $input.question %}' } }),
);

/** To each peer; the input says who fails. */
const news = definitionOf(
  head('broadcast'),
  broadcast({
    id: 'heard',
    to: PEERS.map((id) => ({ id, type, agent: `probe-${id}` })),
    input: { say: '{% $input.news %}', fail: '{% $input.fail ?? null %}' },
    tolerate: 1,
  }),
);

const stages = definitionOf(
  head('pipeline'),
  pipeline([
    { id: 'first', type, input: { say: '{% $input.word %}' } },
    { id: 'second', type, input: { say: '{% $uppercase($results.first.say) %}' } },
    { id: 'third', type, input: { say: '{% $results.second.say & "!" %}' } },
  ]),
);

const scatter = definitionOf(
  head('scatter'),
  scatterGather({
    each: { id: 'each', type, input: { say: '{% $item * 10 %}', work: { ms: 300 } } },
    gather: { id: 'sum', value: '{% $sum($results.each.say) %}' },
    limit: 2,
  }),
);

/** Each votes as its field of the input says, and shows all it saw of the input; alpha's vote counts for three. */
const vote = definitionOf(
  head('consensus'),
  consensus({
    id: 'verdict',
    participants: PEERS.map((id) => ({
      ...{ id, type, sees: { input: [id] }, retry: { maxAttempts: 1 } },
      input: {
        say: `{% { "vote": $input.${id}, "saw": $keys($input) } %}`,
        fail: `{% $input.${id} ? null : ${FAIL} %}`,
      },
    })),
    vote: '{% $result.say.vote %}',
    weights: { alpha: 3 },
    quorum: 2,
    tie: 'person',
  }),
);

/** The input's tasks are added by an agent while the run goes on. */
const divide = definitionOf(
  head('decompose'),
  decompose({
    plan: { id: 'plan', type: 'probe.decompose' },
    group: 'parts',
    synthesize: { id: 'whole', type: 'probe.echo' },
    limit: 1,
    tolerate: 1,
  }),
);

/** One of each ready-made pattern of collaboration. */
export const patterns = [request, news, stages, scatter, vote, divide];
