import { setTimeout as sleep } from 'node:timers/promises';
import type { Principal } from '../lambdas/contracts/principal.ts';
import type { ServerFrame } from '../lambdas/contracts/stream.ts';
import type { ModelProvider } from '../lambdas/runtime/models/provider.ts';
import { fakeAgent } from '../lambdas/testing/fake-agent.ts';
import { type ScriptedModel, scriptedModel } from '../lambdas/testing/scripted-model.ts';
import { createTestFleet } from '../lambdas/testing/test-fleet.ts';
import type { Bench } from './bench.ts';

const TOKENS = 64;
/** Between two tokens, ms: fifty a second. */
const EVERY_MS = 20;
const STREAMS = 12;
/** SQS to Lambda, published for AWS (p50), ms. */
const HOP_MS = 16;

interface Moments {
  readonly said: number[];
  readonly heard: number[];
  /** From the model's last word until the agent goes on, ms. */
  after: number;
}

/**
 * What following a model's answer costs: the agent that makes it, per token, and the client that reads it. In one process on a
 * real clock, with the hop from queue to Lambda as AWS has it; the last hop, from Lambda to client, is not in it.
 */
export const bench: Bench = {
  async run({ progress }) {
    const alone = await measure(false, progress);
    const followed = await measure(true, progress);
    const agent = median(followed.map(({ after }) => after)) - median(alone.map(({ after }) => after));
    const delays = followed.flatMap(({ said, heard }) => said.map((at, place) => (heard[place] ?? Number.NaN) - at));
    const sorted = delays.sort((a, b) => a - b);
    return {
      ...{ tokens: TOKENS, every_ms: EVERY_MS, streams: STREAMS, hop_ms: HOP_MS },
      added_ms_per_token_agent: round(Math.max(0, agent) / TOKENS),
      delay_ms_per_token_client: {
        p50: round(at(sorted, 0.5)),
        p95: round(at(sorted, 0.95)),
        max: round(at(sorted, 1)),
      },
      lost: delays.filter(Number.isNaN).length,
    };
  },
  table: (figures) => {
    const { p50, p95, max } = figures.delay_ms_per_token_client as Record<'p50' | 'p95' | 'max', number>;
    return [
      `a stream of ${figures.tokens} tokens, one each ${figures.every_ms} ms`,
      `added to the agent   ${figures.added_ms_per_token_agent} ms per token`,
      `until the client     p50 ${p50} ms, p95 ${p95} ms, at most ${max} ms; ${figures.lost} lost`,
    ].join('\n');
  },
};

async function measure(isFollowed: boolean, progress: (line: string) => void): Promise<Moments[]> {
  const all: Moments[] = [];
  let now: Moments = { said: [], heard: [], after: -1 };
  const writer = fakeAgent(
    'writer',
    {
      write: async (_, ctx) => {
        let count = 0;
        for await (const part of ctx.model('fast').stream({ prompt: 'write' })) if (part.type === 'text') count += 1;
        now.after = performance.now() - (now.said.at(-1) ?? Number.NaN);
        return count;
      },
    },
    { uses: { models: ['fast'] } },
  );
  const fleet = await createTestFleet({
    ...{ agents: [writer], clock: 'real', stream: true },
    models: { fast: steady(() => now) },
    hooks: { hopMs: (queue) => (queue.includes('stream') ? HOP_MS : 0) },
  });
  try {
    for (let n = 0; n < STREAMS; n += 1) {
      now = { said: [], heard: [], after: -1 };
      const at = fleet.platform.clock.now();
      const who: Principal = {
        ...{
          kind: 'person',
          sub: `reader${n}`,
          tenant: 'default',
          roles: ['operator'],
          tokenId: `t${n}`,
          issuedAt: at,
        },
        expiresAt: at + 3_600_000,
      };
      const mine = now;
      const socket = await fleet.platform.stream.connect(who, (frame) => note(frame, mine));
      if (isFollowed) await socket.say({ type: 'start', id: '1', payload: { task_type: 'write', input: n, after: 0 } });
      else await fleet.start({ name: 'alone', tasks: [{ id: 'a', type: 'write' }] } as never);
      while (mine.after < 0 || (isFollowed && mine.heard.length < TOKENS)) await sleep(20);
      all.push(mine);
      progress(
        `${isFollowed ? 'followed' : 'alone'} ${n + 1} of ${STREAMS}: ${round(mine.after)} ms until the agent goes on`,
      );
    }
  } finally {
    fleet.stop();
  }
  return all;
}

/** Every token in the frame has arrived now. */
function note(frame: ServerFrame, { heard }: Moments): void {
  if (frame.type !== 'data' || frame.payload.current_step !== 'generating') return;
  const words = String(frame.payload.partial_result).match(/\S+\s/g) ?? [];
  for (const _ of words) heard.push(performance.now());
}

/** A model that says a token at a time, and when it did. */
function steady(now: () => Moments): ScriptedModel {
  const model = scriptedModel(() => '');
  const provider: ModelProvider = {
    ...model.provider,
    async *stream() {
      let text = '';
      for (let n = 0; n < TOKENS; n += 1) {
        await sleep(EVERY_MS);
        const token = `token${n} `;
        text += token;
        now().said.push(performance.now());
        yield { type: 'text', text: token };
      }
      const usage = { input_tokens: 1, output_tokens: TOKENS };
      yield { type: 'end', answer: { text, toolCalls: [], finish: 'stop', usage } };
    },
  };
  return { ...model, provider };
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
const median = (values: readonly number[]): number =>
  at(
    [...values].sort((a, b) => a - b),
    0.5,
  );
const round = (value: number): number => Math.round(value * 100) / 100;
