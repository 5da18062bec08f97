import { describe, expect, test } from '@jest/globals';
import { type AgentAdapters, buckets, claims, secrets } from '../../../lambdas/adapters/aws/agent-adapters.ts';
import { agentHandler } from '../../../lambdas/adapters/aws/agent-handler.ts';
import { ENV } from '../../../lambdas/contracts/environment.ts';
import { workAgent } from '../../support/no-op-agent.ts';

Object.assign(process.env, {
  AWS_REGION: 'us-east-1',
  ...Object.fromEntries(Object.values(ENV).map((name) => [name, 'x'])),
});

const REACHING: ReadonlyArray<[keyof AgentAdapters, Parameters<typeof workAgent>[1], AgentAdapters]> = [
  ['buckets', { reaches: { buckets: { data: 'read' } } }, { buckets }],
  ['secrets', { reaches: { secrets: ['database'] } }, { secrets }],
  ['claims', { effects: 'outside' }, { claims }],
];

describe("an agent's Lambda", () => {
  test('needs no adapters for a plain agent', () => {
    expect(agentHandler(workAgent())).toBeInstanceOf(Function);
  });

  test.each(REACHING)(
    'loads with the %s that its manifest reaches for, and not without',
    (adapter, manifest, adapters) => {
      const agent = workAgent(undefined, manifest);
      expect(() => agentHandler(agent)).toThrow(`agent worker needs ${adapter}`);
      expect(agentHandler(agent, adapters)).toBeInstanceOf(Function);
    },
  );
});
