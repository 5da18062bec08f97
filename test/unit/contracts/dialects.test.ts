import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DIALECTS, type Dialect } from '../../../lambdas/contracts/dialect-table.ts';
import { instantOf, priorityIn, priorityOf } from '../../../lambdas/contracts/dialect-values.ts';
import { fromDialect, toDialect } from '../../../lambdas/contracts/dialects.ts';
import { type Envelope, Header } from '../../../lambdas/contracts/envelope.ts';
import { DataError } from '../../../lambdas/contracts/errors.ts';
import type { Json, JsonObject } from '../../../lambdas/contracts/json.ts';

const defaults = { now: Date.UTC(2026, 0, 2), id: 'made-up-id' };
const dialects = Object.keys(DIALECTS).filter((name): name is Dialect => name in DIALECTS);

/** The seed documents' own examples. */
const assignment = {
  message_type: 'task_assignment',
  source_agent: 'orchestrator_001',
  target_agent: 'etl_worker_001',
  task: {
    task_id: 'extract_001',
    task_type: 'data_extraction',
    description: 'Extract customer data from PostgreSQL',
    inputs: { source: 'postgresql://...', query: 'SELECT * FROM customers', batch_size: 1000 },
    priority: 5,
    deadline: 1753421600.0,
  },
};
const status = {
  message_type: 'status_update',
  source_agent: 'etl_worker_001',
  target_agent: 'orchestrator_001',
  task_id: 'extract_001',
  status: 'completed',
  result: { records_extracted: 10000, extraction_time: 45.2, data_quality_score: 0.95 },
};
const coordination = {
  message_type: 'coordination',
  source_agent: 'orchestrator_001',
  broadcast: true,
  coordination_type: 'workflow_start',
  workflow_id: 'workflow_20250725_001',
  participants: ['etl_worker_001', 'etl_worker_002', 'monitor_001'],
};
const vehicleData = {
  header: {
    message_id: '0b6f1f0e-6a3b-4c0e-9a44-0d2f3a8e6f11',
    correlation_id: '77a3c1f2-0000-4000-8000-000000000001',
    timestamp: '2026-01-02T03:04:05.678901+02:00',
    sender: 'external_system',
    receiver: 'master_orchestrator',
    message_type: 'VEHICLE_DATA',
    priority: 3,
    reply_to: 'earlier',
    ttl: 300,
  },
  payload: { vehicle_id: 'VEH-12345', customer_id: 'CUST-001' },
};
const memory = {
  id: 'req_001',
  type: 'process_memory',
  sender_id: 'orchestrator',
  recipient_id: 'memory_harvester',
  payload: { raw_input: 'a memory' },
  timestamp: 1767323045.5,
  priority: 9,
  requires_response: true,
};

describe("the seed documents' own messages", () => {
  test('a task assignment between source_agent and target_agent', () => {
    expect(fromDialect(assignment, defaults)).toEqual({
      header: {
        message_id: 'made-up-id',
        correlation_id: 'made-up-id',
        timestamp: '2026-01-02T00:00:00.000Z',
        sender: 'orchestrator_001',
        receiver: 'etl_worker_001',
        message_type: 'task_assignment',
        priority: 2,
        ttl: 300,
        tenant: 'default',
        schema_version: 1,
        not_after: 1753421600000,
      },
      payload: { task: { ...assignment.task, priority: 2 } },
    });
  });

  test('a status update: its body stands beside the header fields', () => {
    expect(fromDialect(status, defaults)).toMatchObject({
      header: { message_type: 'status_update', sender: 'etl_worker_001', receiver: 'orchestrator_001', priority: 2 },
      payload: { task_id: 'extract_001', status: 'completed', result: status.result },
    });
  });

  test('a coordination message to all, followed by its workflow', () => {
    const { header, payload } = fromDialect(coordination, defaults);
    expect(header).toMatchObject({ receiver: 'broadcast', correlation_id: 'workflow_20250725_001' });
    expect(payload).toEqual({
      coordination_type: 'workflow_start',
      workflow_id: 'workflow_20250725_001',
      participants: ['etl_worker_001', 'etl_worker_002', 'monitor_001'],
      broadcast: true,
    });
  });

  test('a message with a header of sender and receiver', () => {
    expect(fromDialect(vehicleData, defaults)).toEqual({
      header: { ...vehicleData.header, timestamp: '2026-01-02T01:04:05.678Z', tenant: 'default', schema_version: 1 },
      payload: vehicleData.payload,
    });
  });

  test('a message between sender_id and recipient_id', () => {
    expect(fromDialect(memory, { ...defaults, tenant: 'acme' })).toEqual({
      header: {
        message_id: 'req_001',
        correlation_id: 'req_001',
        timestamp: '2026-01-02T03:04:05.500Z',
        sender: 'orchestrator',
        receiver: 'memory_harvester',
        message_type: 'process_memory',
        priority: 4,
        requires_response: true,
        ttl: 300,
        tenant: 'acme',
        schema_version: 1,
      },
      payload: { raw_input: 'a memory' },
    });
  });

  test('an answer is named by its question', () => {
    const answer = { ...memory, id: 'response_req_001', type: 'memory_processed', requires_response: false };
    expect(fromDialect(answer, defaults).header).toMatchObject({ reply_to: 'req_001', requires_response: false });
  });
});

describe('a wrong message is refused by the name of its field', () => {
  test.each<[string, unknown, string]>([
    ['no object', 'hello', 'a message is a JSON object'],
    ['neither end', { message_type: 'x' }, 'a message names its two ends in one way'],
    ['two dialects', { ...assignment, sender_id: 'x' }, 'a message names its two ends in one way'],
    ['no receiver', { ...status, target_agent: undefined }, 'a message is a JSON object'],
    ['no target', { message_type: 'status_update', source_agent: 'a', task_id: 't', status: 's' }, 'target_agent: '],
    ['no sender', { type: 'x', recipient_id: 'b' }, 'sender_id: '],
    ['no type', { sender_id: 'a', recipient_id: 'b' }, 'type: '],
    ['no type in a header', { header: { sender: 'a', receiver: 'b' } }, 'header.message_type: '],
    ['a target beside broadcast', { ...coordination, target_agent: 'x' }, 'broadcast: '],
    ['a priority of 11', { ...memory, priority: 11 }, 'priority: is a whole number from 0 to 10'],
    [
      'a priority of 0 in a header',
      { ...vehicleData, header: { ...vehicleData.header, priority: 0 } },
      'header.priority: ',
    ],
    ['a priority of no name', { ...memory, priority: 'urgent' }, 'priority: "urgent" is none of low'],
    ["a task's priority", { ...assignment, task: { ...assignment.task, priority: 1.5 } }, 'task.priority: '],
    ['no task id', { ...assignment, task: { task_type: 'x' } }, 'task.task_id: '],
    ['milliseconds', { ...memory, timestamp: 1767323045500 }, 'timestamp: is epoch seconds'],
    ['a monotonic clock', { ...memory, timestamp: 12345.67 }, 'timestamp: is epoch seconds'],
    [
      'no date',
      { ...vehicleData, header: { ...vehicleData.header, timestamp: 'soon' } },
      'header.timestamp: is an ISO 8601',
    ],
    ['a ttl of 0', { ...memory, ttl: 0 }, 'ttl: '],
    ['participants that are no names', { ...coordination, participants: [1] }, 'participants.0: '],
    [
      'a body in a payload',
      { ...vehicleData, header: { ...vehicleData.header, message_type: 'status_update' } },
      'payload.task_id: ',
    ],
  ])('%s', (_name, document, message) => {
    expect(() => fromDialect(document, defaults)).toThrow(message);
    expect(() => fromDialect(document, defaults)).toThrow(DataError);
  });
});

describe('priorities', () => {
  test('from 0 to 10 become levels: 0–3, 4–6, 7–8, 9–10', () => {
    const levels = Array.from({ length: 11 }, (_, value) => priorityOf(value, 'zero_to_ten', 'priority'));
    expect(levels).toEqual([1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4]);
  });

  test('may be names, "medium" is normal', () => {
    const names = ['low', 'medium', 'NORMAL', 'High', 'critical'];
    expect(names.map((name) => priorityOf(name, 'levels', 'priority'))).toEqual([1, 2, 2, 3, 4]);
    expect(() => priorityOf('constructor', 'levels', 'priority')).toThrow('none of');
  });

  test.each([1, 2, 3, 4] as const)('level %i survives the way there and back', (level) => {
    for (const scale of ['levels', 'zero_to_ten'] as const)
      expect(priorityOf(priorityIn(level, scale), scale, 'priority')).toBe(level);
  });
});

describe('instants', () => {
  test.each<[string | number, string]>([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02T03:04:05.123456', '2026-01-02T03:04:05.123Z'],
    ['2026-01-02 03:04:05+0100', '2026-01-02T02:04:05.000Z'],
    [1767323045, '2026-01-02T03:04:05.000Z'],
  ])('%s', (value, expected) => {
    expect(instantOf(value, 'timestamp')).toBe(expected);
  });

  test.each(['2026-13-01T00:00:00Z', '2026-01-02', '1767323045', null, Number.NaN])('%s is none', (value) => {
    expect(() => instantOf(value, 'timestamp')).toThrow('timestamp: ');
  });
});

describe('every envelope survives every dialect', () => {
  // A key "__proto__" does not survive parsing, on purpose.
  const json = fc
    .jsonValue()
    .map((value) => JSON.stringify(value))
    .filter((text) => !text.includes('__proto__'))
    .map((text): Json => JSON.parse(text));
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,20}$/);
  const body = fc.oneof(
    fc.record({ type: fc.constant('PROCESS'), payload: json }),
    fc.record({
      type: fc.constant('odd'),
      payload: fc.dictionary(fc.constantFrom('priority', 'sender', 'type', 'x'), json),
    }),
    fc.record({
      type: fc.constant('status_update'),
      payload: fc.record(
        { task_id: name, status: name, result: json, ttl: json },
        { requiredKeys: ['task_id', 'status'] },
      ),
    }),
    fc.record({
      type: fc.constant('task_assignment'),
      payload: fc.record({
        task: fc.record({
          task_id: name,
          task_type: name,
          description: name,
          inputs: json,
          priority: fc.constantFrom(1, 2, 3, 4),
        }),
      }),
    }),
  );
  const header = fc.record(
    {
      message_id: name,
      correlation_id: name,
      timestamp: fc
        .integer({ min: Date.UTC(2001, 0, 1), max: Date.UTC(2100, 0, 1) })
        .map((millis) => new Date(millis).toISOString()),
      sender: name,
      receiver: name,
      priority: fc.constantFrom(1, 2, 3, 4),
      ttl: fc.integer({ min: 1, max: 1_209_600 }),
      tenant: fc.constantFrom('default', 'acme'),
      reply_to: name,
      requires_response: fc.boolean(),
      attempt: fc.integer({ min: 1, max: 20 }),
      not_after: fc.integer({ min: 0, max: 2 ** 42 }),
    },
    { requiredKeys: ['message_id', 'correlation_id', 'timestamp', 'sender', 'receiver', 'priority', 'ttl', 'tenant'] },
  );

  test.each(dialects)('%s', (dialect) => {
    fc.assert(
      fc.property(header, body, (fields, { type, payload }) => {
        const message: JsonObject = { ...fields, message_type: type };
        const envelope: Envelope = { header: Header.parse(message), payload: JSON.parse(JSON.stringify(payload)) };
        const document = JSON.parse(JSON.stringify(toDialect(envelope, dialect)));
        expect(fromDialect(document, defaults)).toEqual(envelope);
      }),
    );
  });

  test.each(dialects)('%s, and the documents’ own messages as well', (dialect) => {
    for (const document of [assignment, status, coordination, vehicleData, memory]) {
      const envelope = fromDialect(document, defaults);
      expect(fromDialect(toDialect(envelope, dialect), { now: 0, id: 'unused' })).toEqual(envelope);
    }
  });

  test('the platform’s own bodies pass unchanged: they are told by their run', () => {
    const payload: Json = {
      run_id: `run_${'0'.repeat(40)}`,
      task: { task_id: 't', task_type: 'x', description: '', inputs: {}, priority: 3, deadline: 1767323045 },
    };
    const own = {
      header: Header.parse({
        ...vehicleData.header,
        timestamp: '2026-01-02T03:04:05Z',
        message_type: 'task_assignment',
        tenant: 'acme',
        not_after: 5,
      }),
      payload,
    };
    for (const dialect of dialects) expect(fromDialect(toDialect(own, dialect), defaults).payload).toEqual(payload);
  });
});

test('a dialect writes what its document calls things', () => {
  const envelope = fromDialect(assignment, defaults);
  expect(toDialect(envelope, 'source_target')).toMatchObject({
    source_agent: 'orchestrator_001',
    task: { priority: 5 },
  });
  expect(toDialect(envelope, 'sender_recipient')).toMatchObject({
    id: 'made-up-id',
    sender_id: 'orchestrator_001',
    priority: 5,
  });
  expect(toDialect(envelope, 'header')).toMatchObject({ header: { sender: 'orchestrator_001', priority: 2 } });
  expect(toDialect(fromDialect(coordination, defaults), 'source_target')).not.toHaveProperty('target_agent');
});
