import { describe, expect, test } from '@jest/globals';
import type { FlowRule, Gate } from '../../../lambdas/contracts/flow-control.ts';
import type { WorkflowDefinition } from '../../../lambdas/contracts/workflow-definition.ts';
import { gateOf } from '../../../lambdas/flow/flow-identity.ts';
import { type Effect, effectsOf } from '../../../lambdas/workflow/effects.ts';
import type { RunEvent } from '../../../lambdas/workflow/events.ts';
import { NO_DEADLINE } from '../../../lambdas/workflow/flow-state.ts';
import { player } from '../../support/engine-player.ts';
import { NOW, task, workflow } from '../../support/factories.ts';

const gate = (rule: FlowRule, key = 'k'): Gate =>
  gateOf({ scope: 'tenant', tenant: 'default', name: 'test', rule, key });
const debounce = gate({ kind: 'debounce', seconds: 5 });
const single = gate({ kind: 'singleton', mode: 'wait' });
const batch = gate({ kind: 'batch', size: 3, seconds: 60 });
const one = gate({ kind: 'concurrency', limit: 1 });
const LEADER = `run_${'a'.repeat(40)}`;
const MEMBER = `run_${'b'.repeat(40)}`;

const admitted = (gates: readonly Gate[], overrides: Partial<WorkflowDefinition> = {}) =>
  player(
    workflow([task('a'), task('b', { dependsOn: ['a'] })], {
      timeoutSeconds: 100,
      admission: { limits: [{ concurrency: 1 }] },
      ...overrides,
    }),
    { admission: { gates } },
  );
type Played = ReturnType<typeof player>;
const effects = ({ state, now }: Played, events: readonly RunEvent[]): Effect[] =>
  effectsOf(state, { seq: 1, turnId: 't', at: now(), confirmed: 0, events });
const asked = (run: Played, events: readonly RunEvent[]) =>
  effects(run, events).flatMap((effect) => (effect.type === 'ask_flow' ? [effect.flow] : []));
const published = (run: Played, events: readonly RunEvent[]) =>
  effects(run, events).flatMap((effect) => (effect.type === 'publish' ? [effect.event.name] : []));

describe('a run with admission', () => {
  test('begins nothing before it has got in, and its deadline counts from there', () => {
    const run = admitted([one]);
    expect(run.statuses()).toEqual({ a: 'ready', b: 'waiting' });
    expect(run.state.deadline).toBe(NO_DEADLINE);
    expect(published(run, run.events)).toEqual(['workflow_queued']);
    run.wake(50_000);
    const events = run.grant(one, 1);
    expect(run.task('a').status).toBe('dispatched');
    expect(run.state.deadline).toBe(NOW + 150_000);
    expect(published(run, events)).toEqual(['workflow_started']);
  });

  test('passes its gates one after another, and says at once when it is done with one', () => {
    const run = admitted([debounce, single, one]);
    expect(asked(run, run.events)).toEqual([debounce.flow_id]);
    expect(asked(run, run.grant(debounce, 1))).toEqual([debounce.flow_id, single.flow_id]);
    expect(asked(run, run.grant(single, 1))).toEqual([one.flow_id]);
    expect(run.task('a').status).toBe('ready');
    run.grant(one, 1);
    expect(run.task('a').status).toBe('dispatched');
    expect(run.state.flows.get(single.flow_id)).toMatchObject({ used: 1, returned: 0 });
    expect(run.state.flows.get(debounce.flow_id)).toMatchObject({ used: 0, returned: 1 });
  });

  test('holds its permits until it ends', () => {
    const run = admitted([one]);
    run.grant(one, 1);
    run.complete('a');
    expect(run.state.flows.get(one.flow_id)).toMatchObject({ used: 1, returned: 0 });
    const events = run.complete('b');
    expect(run.state.phase).toBe('completed');
    expect(run.state.flows.get(one.flow_id)).toMatchObject({ used: 0, returned: 1 });
    expect(asked(run, events)).toEqual([one.flow_id]);
  });

  test('is cancelled when its flow refuses it, with the reason', () => {
    const run = admitted([single]);
    const refused = { code: 'superseded', reason: `superseded by ${LEADER}`, by: LEADER };
    run.grant(single, 0, { refused });
    expect(run.state).toMatchObject({ phase: 'cancelled', cancelReason: `superseded by ${LEADER}` });
    expect(run.task('a').status).toBe('cancelled');
  });

  test('is cancelled when it has waited for as long as it may', () => {
    const run = admitted([one], { admission: { limits: [{ concurrency: 1 }], waitSeconds: 60 } });
    expect(run.state.deadline).toBe(NOW + 60_000);
    run.wake(60_000);
    expect(run.state.phase).toBe('cancelled');
    expect(run.state.cancelReason).toContain('did not get in within 60 s: it waited at "test" (key "k")');
  });

  test('fails before it asks for anything when a key does', () => {
    const error = { code: 'empty_key', class: 'data', message: 'the key yields nothing' } as const;
    const run = player(workflow([task('a')], { admission: { limits: [{ concurrency: 1 }] } }), {
      admission: { error },
    });
    expect(run.state).toMatchObject({ phase: 'failed', error });
    expect(asked(run, run.events)).toEqual([]);
  });

  test('a cancel before it got in ends it', () => {
    const run = admitted([one]);
    const { runId: run_id } = run.state;
    const events = run.turn([{ type: 'cancel_run', payload: { run_id, reason: 'enough', requested_by: 'ann' } }]);
    expect(run.state.phase).toBe('cancelled');
    expect(asked(run, events)).toEqual([one.flow_id]);
  });
});

describe('a run that is resumed after its end', () => {
  const resume = (run: Played) => {
    const { runId: run_id } = run.state;
    return run.turn([
      { type: 'resume_run', messageId: 'r', payload: { run_id, request_id: 'r', reason: 'go', requested_by: 'ann' } },
    ]);
  };

  test('waits once more for what it must not do beside others, not for how it came in', () => {
    const run = admitted([debounce, one], { escalate: 'fail' });
    run.grant(debounce, 1);
    run.grant(one, 1);
    run.fail('a');
    expect(run.state.phase).toBe('failed');
    expect(asked(run, resume(run))).toContain(one.flow_id);
    expect(run.task('a').status).toBe('ready');
    const events = run.grant(one, 2);
    expect(run.task('a').status).toBe('dispatched');
    expect(published(run, events)).not.toContain('workflow_started');
  });

  test('begins at the first gate when it had not been in', () => {
    const run = admitted([debounce, one]);
    const { runId: run_id } = run.state;
    run.turn([{ type: 'cancel_run', payload: { run_id, reason: 'enough', requested_by: 'ann' } }]);
    expect(asked(run, resume(run))).toContain(debounce.flow_id);
    expect(run.state.flows.get(debounce.flow_id)).toMatchObject({ asked: 2, withdrawn: 1, run: 'waits' });
  });
});

describe('a batch', () => {
  test('its leader works on what all have brought, and ends its members', () => {
    const run = admitted([batch]);
    const { runId } = run.state;
    run.grant(batch, 1, { batch: { items: [{ n: 1 }, { n: 2 }], members: [runId, MEMBER] } });
    expect(run.state.input).toEqual({ items: [{ n: 1 }, { n: 2 }] });
    expect(run.task('a').status).toBe('dispatched');
    run.complete('a');
    const events = run.complete('b');
    expect(effects(run, events)).toContainEqual({ type: 'end_member', runId: MEMBER });
    expect(effects(run, events)).not.toContainEqual({ type: 'end_member', runId });
  });

  const ended = (run: Played, outcome: object) =>
    run.turn([
      { type: 'batch_ended', payload: { run_id: run.state.runId, leader: LEADER, outcome: outcome as never } },
    ]);
  const member = (): Played => {
    const run = admitted([batch]);
    run.grant(batch, 1, { batch: { leader: LEADER } });
    return run;
  };

  test('a member begins nothing, and completes with the result of its leader', () => {
    const run = member();
    expect(run.statuses()).toEqual({ a: 'ready', b: 'waiting' });
    ended(run, { result: { value: { a: 1 } } });
    expect(run.state).toMatchObject({ phase: 'completed', result: { value: { a: 1 } } });
  });

  test('a member fails or is cancelled as its leader', () => {
    const failed = member();
    const error = { code: 'broken', class: 'non_recoverable', message: 'it broke' };
    ended(failed, { error });
    expect(failed.state).toMatchObject({ phase: 'failed', error });
    const cancelled = member();
    ended(cancelled, { error: { ...error, code: 'cancelled' } });
    expect(cancelled.state.phase).toBe('cancelled');
  });

  test('a member hears of its end before it hears of its leader', () => {
    const run = admitted([batch]);
    ended(run, { result: { value: 7 } });
    expect(run.state).toMatchObject({ phase: 'completed', result: { value: 7 } });
  });

  const notLed = { error: { code: 'batch_not_led', class: 'recoverable', message: 'its leader had ended before' } };

  test('a member whose leader had ended before it could lead waits for another batch', () => {
    const run = member();
    const events = ended(run, notLed);
    expect(run.state).toMatchObject({ phase: 'running', admission: { stage: 'asking' } });
    expect(asked(run, events)).toEqual([batch.flow_id]);
    run.grant(batch, 2, { batch: { items: [{ n: 1 }], members: [] } });
    expect(run.task('a').status).toBe('dispatched');
  });

  test('a member may hear that its leader had ended before it hears who that is', () => {
    const run = admitted([batch]);
    ended(run, notLed);
    run.grant(batch, 1, { batch: { leader: LEADER } });
    expect(run.state.batch).toBeUndefined();
    expect(run.state.flows.get(batch.flow_id)).toMatchObject({ asked: 2, granted: 1, returned: 1, run: 'waits' });
  });

  test('a run that has got in by itself is not ended by another', () => {
    const run = admitted([one]);
    run.grant(one, 1);
    ended(run, { result: { value: 7 } });
    expect(run.state.phase).toBe('running');
  });
});
