import { Json } from '../contracts/json.ts';
import { type Capability, defineManifest, type ManifestInput } from '../contracts/manifest.ts';
import { type Agent, type AgentContext, type ChannelHandlers, defineAgent } from '../runtime/agent.ts';

/** What a task of a fake agent does. Answering nothing answers null. */
export type FakeTask = (
  input: Json,
  ctx: AgentContext,
) => Promise<Json | undefined> | Promise<void> | Json | undefined | void;

const ANYTHING: Capability<typeof Json, typeof Json> = { description: 'For a test', input: Json, output: Json };

/**
 * An agent in one line: `fakeAgent('mailer', { 'mail.send': async (input) => ({ sent: true }) })`. Its capabilities take
 * and give any JSON. What else its manifest should say goes into `manifest`, such as `{ effects: 'outside' }`; the
 * channels that it listens to into `channels`.
 */
export function fakeAgent(
  name: string,
  tasks: Readonly<Record<string, FakeTask>>,
  manifest: Partial<Omit<ManifestInput<Record<string, typeof ANYTHING>>, 'name' | 'capabilities'>> = {},
  channels: ChannelHandlers = {},
): Agent {
  const subscribes = Object.keys(channels);
  const types = Object.keys(tasks);
  return defineAgent(
    defineManifest({
      description: 'Stands in for an agent in a test.',
      errorImpact: 'Nobody but the test that uses it.',
      ...manifest,
      channels: { ...manifest.channels, subscribes },
      name,
      capabilities: Object.fromEntries(types.map((type) => [type, ANYTHING])),
    }),
    Object.fromEntries(
      Object.entries(tasks).map(([type, work]) => [
        type,
        async (input: Json, ctx: AgentContext): Promise<Json> => (await work(input, ctx)) ?? null,
      ]),
    ),
    channels,
  );
}

/** Lets this much time pass on the platform's clock, which takes none when that is virtual; ends early with the task. */
export function sleep(ctx: Pick<AgentContext, 'clock' | 'signal'>, ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      cancel();
      reject(new Error('the time of the attempt is over'));
    };
    const cancel = ctx.clock.after(ms, () => {
      ctx.signal.removeEventListener('abort', stop);
      resolve();
    });
    ctx.signal.addEventListener('abort', stop, { once: true });
  });
}
