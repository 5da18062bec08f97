import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { BUS_READERS } from '../../lambdas/contracts/bus-events.ts';
import { defineAgent } from '../../lambdas/runtime/agent.ts';
import { registrationOf } from '../../lambdas/testing/agent-lambda.ts';
import {
  agentSizing,
  LIFECYCLE,
  MAX_RECEIVES,
  PLATFORM_LAMBDAS,
  VISIBILITY_FACTOR,
} from '../../lambdas/testing/topology.ts';
import { greedy, modest } from './support/sample-system.ts';
import { ofType, type Resources, synthesize } from './support/synthesize.ts';

/*
 * The platform in one process (lambdas/testing) says for itself how its parts are wired, since no room under lambdas/ may
 * import lib. Here that is held against what the stacks synthesize.
 */

const { platform, system } = synthesize('prod');

const Mapping = z.object({
  BatchSize: z.number(),
  ScalingConfig: z.object({ MaximumConcurrency: z.number() }),
  EventSourceArn: z.unknown(),
  FunctionName: z.unknown(),
});
const Queue = z.object({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number() }).optional(),
});

/** The document of a registration, with names of resources left out. */
const Registration = z.object({
  registration: z
    .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
    .transform(({ 'Fn::Join': [, parts] }) => parts.map((part) => (typeof part === 'string' ? part : '-')).join('')),
});

/** Every event source of the functions whose logical id begins so, with its function's timeout and its queue. */
function sourcesOf(resources: Resources, prefix: string) {
  const mappings = ofType(resources, 'AWS::Lambda::EventSourceMapping').map(([, properties]) =>
    Mapping.parse(properties),
  );
  const timeouts = new Map(ofType(resources, 'AWS::Lambda::Function').map(([id, { Timeout }]) => [id, Timeout]));
  return mappings.flatMap((mapping) => {
    const fn = [...timeouts.keys()].find((id) => JSON.stringify(mapping.FunctionName).includes(`"${id}"`));
    if (!fn?.startsWith(prefix)) return [];
    const queue = ofType(resources, 'AWS::SQS::Queue').find(([id]) =>
      JSON.stringify(mapping.EventSourceArn).includes(`"${id}"`),
    );
    return [
      {
        timeoutSeconds: timeouts.get(fn),
        batchSize: mapping.BatchSize,
        maxConcurrency: mapping.ScalingConfig.MaximumConcurrency,
        queue: Queue.parse(queue?.[1]),
      },
    ];
  });
}

const wired = (sizing: { timeoutSeconds: number; batchSize: number; maxConcurrency: number }, redrive = true) => ({
  ...sizing,
  queue: {
    VisibilityTimeout: VISIBILITY_FACTOR * sizing.timeoutSeconds,
    ...(redrive && { RedrivePolicy: { maxReceiveCount: MAX_RECEIVES } }),
  },
});

describe('the platform in one process is wired as the deployed one', () => {
  test.each(['intake', 'coordinator', 'timers', 'monitor'] as const)('%s and its queue', (name) => {
    const id = `Lambdas${name.charAt(0).toUpperCase()}${name.slice(1)}Function`;
    expect(sourcesOf(platform, id)).toEqual([wired(PLATFORM_LAMBDAS[name])]);
  });

  test('the audit and its queue', () => {
    expect(sourcesOf(platform, 'AuditLambdaFunction')).toEqual([wired(PLATFORM_LAMBDAS.audit)]);
  });

  test('the dead letters', () => {
    const sources = sourcesOf(platform, 'LambdasDeadLetters');
    expect(sources.length).toBeGreaterThan(4);
    for (const source of sources) expect(source).toEqual(wired(PLATFORM_LAMBDAS['dead-letters'], false));
  });

  test('the scheduled calls', () => {
    const timeoutOf = (prefix: string) =>
      ofType(platform, 'AWS::Lambda::Function').find(([id]) => id.startsWith(prefix))?.[1].Timeout;
    expect(timeoutOf('LambdasSweeper')).toBe(PLATFORM_LAMBDAS.sweeper.timeoutSeconds);
    expect(timeoutOf('LambdasMonitorSchedule')).toBe(PLATFORM_LAMBDAS['monitor-schedule'].timeoutSeconds);
    const rates = ofType(platform, 'AWS::Events::Rule').flatMap(([id, { ScheduleExpression: rate }]) =>
      /^(Sweeper|Monitor|Archiver|Memory)Each/.test(id) ? rate : [],
    );
    expect(timeoutOf('LambdasArchiver')).toBe(PLATFORM_LAMBDAS.archiver.timeoutSeconds);
    // The archiver's, and that of the memory, which nothing calls by itself in one process.
    expect(rates).toEqual(['rate(1 minute)', 'rate(1 minute)', 'rate(1 hour)', 'rate(1 hour)']);
  });

  test('the rules of the bus', () => {
    const Pattern = z.object({ 'detail-type': z.array(z.string()) });
    // The topic for people is for what no Lambda acts on; what only listens has tests of its own.
    const rules = ofType(platform, 'AWS::Events::Rule').filter(([id]) => !/^(People|Audit|Stream)/.test(id));
    const patterns = rules.flatMap(([, { EventPattern: pattern }]) =>
      pattern === undefined ? [] : [Pattern.parse(pattern)['detail-type'].toSorted()],
    );
    expect(patterns.toSorted()).toEqual([BUS_READERS.intake.toSorted(), BUS_READERS.monitor.toSorted()].toSorted());
  });

  test('the lifecycle', () => {
    const [[, machine] = []] = ofType(platform, 'AWS::StepFunctions::StateMachine');
    const text = JSON.stringify(machine);
    const { graceSeconds, leastCompensationSeconds } = LIFECYCLE;
    expect(text).toContain(`$ceil($states.input.timeout_seconds) + ${graceSeconds} %}`);
    expect(text).toContain(
      `$max([$ceil($states.input.timeout_seconds), ${leastCompensationSeconds}]) + ${graceSeconds} %}`,
    );
  });

  test.each([greedy, modest])('agent $name, its inbox and its registration', (manifest) => {
    const { concurrency, ...sizing } = agentSizing(manifest);
    const { capacity: _, ...own } = sizing;
    const id = manifest.name.replaceAll(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
    const lane = wired({ ...own, maxConcurrency: concurrency });
    expect(sourcesOf(system, id)).toEqual([lane, lane]);

    const [properties] = ofType(system, 'Custom::MusterAgent').flatMap(([, found]) =>
      JSON.stringify(found).includes(`\\"name\\":\\"${manifest.name}\\"`) ? [found] : [],
    );
    const deployed: unknown = JSON.parse(Registration.parse(properties).registration);
    const nothing = Object.fromEntries(Object.keys(manifest.capabilities).map((type) => [type, () => ({ rows: 0 })]));
    const silent = Object.fromEntries(manifest.channels.subscribes.map((channel) => [channel, () => {}]));
    const {
      capabilities,
      inbox: _inbox,
      role_id: _role,
      ...registration
    } = registrationOf(defineAgent(manifest, nothing, silent), 'sample');
    expect(deployed).toMatchObject(registration);
    expect(deployed).toHaveProperty('capabilities', expect.objectContaining({}));
    expect(Object.keys(capabilities)).toEqual(Object.keys(manifest.capabilities));
  });
});
