import type * as z from 'zod';
import { BlobRef, ResultValue, UpstreamValue } from '../../lambdas/contracts/blob.ts';
import { BreakerPolicy, BreakerState } from '../../lambdas/contracts/breaker.ts';
import { BUS_EVENTS, type BusEventName, Degraded } from '../../lambdas/contracts/bus-events.ts';
import { AgentParameters, Hold, RunEdit, TaskEdit } from '../../lambdas/contracts/control.ts';
import { SEED_BODIES, type SeedMessageType } from '../../lambdas/contracts/dialect-bodies.ts';
import { DIALECTS, SHARED_FIELDS } from '../../lambdas/contracts/dialect-table.ts';
import { priorityOf } from '../../lambdas/contracts/dialect-values.ts';
import { Header } from '../../lambdas/contracts/envelope.ts';
import { ErrorReport } from '../../lambdas/contracts/errors.ts';
import { Admission, Claimant, FlowId, FlowRule, Gate, Limit, Rate } from '../../lambdas/contracts/flow-control.ts';
import { AGENT_STATES, AgentHealth, AgentState } from '../../lambdas/contracts/health.ts';
import { Json } from '../../lambdas/contracts/json.ts';
import { DEFAULTS, LIMITS, LIVENESS } from '../../lambdas/contracts/limits.ts';
import {
  AgentStats,
  MESSAGE_SCHEMAS,
  type MessageType,
  ParentTask,
  RunRequest,
} from '../../lambdas/contracts/messages.ts';
import {
  AgentName,
  EpochMs,
  EventName,
  RunId,
  TaskId,
  TaskType,
  TenantId,
  WorkflowName,
} from '../../lambdas/contracts/names.ts';
import { laneOf, Priority, PriorityLevel } from '../../lambdas/contracts/priority.ts';
import { AgentLoad, AgentRegistration } from '../../lambdas/contracts/registry.ts';
import { RetryPolicy } from '../../lambdas/contracts/retry-policy.ts';
import {
  Ask,
  Consensus,
  Escalation,
  Expression,
  Fallback,
  ForEach,
  Sees,
  SelectionStrategy,
  SubWorkflow,
  TaskGroup,
  Undo,
  WaitFor,
} from '../../lambdas/contracts/task-kinds.ts';
import { TaskDefinition, WorkflowDefinition } from '../../lambdas/contracts/workflow-definition.ts';
import { createDescriber, type NamedTypes } from './schema-table.ts';

/** What each message is for. A new message without its sentence does not compile. */
const MESSAGES: Readonly<Record<MessageType, string>> = {
  task_assignment: 'Coordinator → agent inbox: do this task. The header carries the attempt and until when it counts.',
  status_update: 'Agent → coordinator: how the tasks of one batch ended, those of one run in one message.',
  start_run: 'Lifecycle or intake → coordinator: start this run. A second one only replaces the task token.',
  cancel_run: 'Anybody permitted → coordinator: stop this run.',
  wake_run: 'Timers, sweeper or the coordinator itself → coordinator: something may be due or owed.',
  pause_run: 'Intake → coordinator: begin no more tasks of this run; what is under way goes on.',
  resume_run:
    'Intake → coordinator: go on, with changes if any are named; a run that has failed begins again where it failed.',
  fork_run: 'Intake → coordinator: begin a run where another stood after one of its journal entries.',
  ask_flow: 'Run → flow: so many permits are wanted, and so many were given back, since the run began.',
  grant_flow: 'Flow → run: so many permits since the run began, or why there will be none.',
  check_flow: 'Flow → run: what do you hold? Answered with `ask_flow`.',
  wake_flow: 'Timers, sweeper or dead-letter Lambda → flow: something may be due or owed.',
  batch_ended: 'Run → run: the work of the whole batch has ended.',
  task_parked: 'Dead-letter Lambda → coordinator: the inbox gave up on this attempt.',
  deliver_event:
    'Intake → coordinator: an event for this run, which may not have begun. Kept until a task waits for it.',
  decide_task: 'Intake → coordinator: what a person decided about a task that waits for them.',
  child_ended: 'Coordinator → coordinator: a sub-workflow has ended, told to the run that asked for it.',
};

/** What each event is for. */
const EVENTS: Readonly<Record<BusEventName, string>> = {
  workflow_requested: 'Client → platform: please run this workflow.',
  workflow_cancel_requested: 'Client → platform: stop this run.',
  workflow_event:
    'Anybody → run: something that a task waits for, or will wait for; it may come before the run exists.',
  decision_made: 'Person → platform: the answer to a `decision_requested`.',
  workflow_pause_requested:
    'Person → platform: begin no more tasks of this run. What is under way goes on; the deadline stands still.',
  workflow_resume_requested:
    'Person → platform: let this run go on, with changes if any are named. A run that failed begins again where it failed.',
  workflow_fork_requested:
    'Person → platform: a new run that begins where another stood after one of its journal entries.',
  hold_requested: "Person → platform: hold, drain, let go of or cancel a tenant's runs, or all runs.",
  agent_parameters_requested: "Person → monitor: set an agent's parameters without a deploy, or go back to a version.",
  agent_state_requested: 'Operator → monitor: take an agent out of the pool, let it drain, or put it back.',
  workflow_rejected: 'The request was refused, and why; nothing has come of it.',
  request_refused: 'What was asked about a run, a tenant or an agent was refused, and why; nothing has changed.',
  workflow_queued: 'The run must wait to get in, and for what.',
  workflow_paused:
    'No further task of the run begins until somebody resumes it: a person asked, or its retries are used up.',
  workflow_resumed: 'A run that had paused or failed goes on.',
  workflow_started: 'The run is in the journal and its first tasks are on their way.',
  workflow_completed: 'Every task has ended well; the result comes along.',
  workflow_compensating: 'A run that failed or was cancelled takes back what its tasks did; its end follows.',
  workflow_failed: 'The run has ended without its result: a task failed for good, or the deadline passed.',
  workflow_cancelled: 'The run was stopped on request.',
  decision_requested: 'A task waits for the answer of a person. Silence is never a yes.',
  decision_refused: 'An answer that counted for nothing: late, double, or none of the options.',
  task_degraded: "A task's result is missing or stands in for the real one, and the run goes on.",
  task_completed: 'A task ended well (where the definition asks for task events).',
  task_progress: 'How far a task is, at most once a second.',
  task_heartbeat: 'An agent is still at work on these tasks; every ten seconds.',
  agent_failure: 'An attempt failed; says whether another one follows.',
  agent_status: 'How an agent is doing since its container started.',
  agent_health: "An agent's state or its issues have changed.",
  agent_parameters_changed: 'The parameters that are set of an agent have changed; its next tasks are given them.',
  hold_changed: 'A tenant, or everything, was put on hold, drains, or was let go.',
  breaker_changed: 'The circuit breaker of an agent has opened or closed.',
  resource_threshold: 'A figure of an agent went over its threshold.',
  behaviour_alert: 'UEBA → people: somebody behaves as they never do, and what about it is new.',
  message_parked: 'A message was given up on and waits for repair.',
  security_noticed: 'Agent → monitor: it was told something that nobody may have told it. The audit keeps it.',
  security_event: 'Audit → SIEM: something that may matter for security, in OCSF 1.3.0.',
  coordination: 'An agent tells all concerned what is going on.',
};

const SEED_MESSAGES: Readonly<Record<SeedMessageType, string>> = {
  task_assignment: 'A task with description, inputs, priority and deadline.',
  status_update: 'How one task stands, and its result.',
  coordination: 'What is going on in a workflow, for its participants.',
};

/** Types with a section of their own. */
const NAMED: NamedTypes = {
  RunId,
  TaskId,
  TaskType,
  AgentName,
  WorkflowName,
  EventName,
  TenantId,
  EpochMs,
  PriorityLevel,
  BlobRef,
  ResultValue,
  UpstreamValue,
  ErrorReport,
  Degraded,
  AgentStats,
  RunRequest,
  ParentTask,
  TaskDefinition,
  SubWorkflow,
  WaitFor,
  Ask,
  Consensus,
  ForEach,
  TaskGroup,
  Undo,
  Fallback,
  Sees,
  Expression,
  Escalation,
  SelectionStrategy,
  RetryPolicy,
  Limit,
  Rate,
  Admission,
  Claimant,
  Gate,
  FlowId,
  FlowRule,
  RunEdit,
  TaskEdit,
  Hold,
  AgentParameters,
  WorkflowDefinition,
  AgentRegistration,
  AgentLoad,
  AgentHealth,
  AgentState,
  BreakerPolicy,
  BreakerState,
};

const { table } = createDescriber({ ...NAMED, Json });

function sections<N extends string>(schemas: Readonly<Record<N, z.ZodType>>, purposes: Readonly<Record<N, string>>) {
  const names = Object.keys(schemas).filter((name): name is N => name in purposes);
  return names.map((name) => `### \`${name}\`\n\n${purposes[name]}\n\n${table(schemas[name])}`).join('\n\n');
}

function pairs(heading: readonly [string, string], record: Readonly<Record<string, unknown>>): string {
  const rows = Object.entries(record).map(([name, value]) => `| \`${name}\` | ${value} |`);
  return [`| ${heading[0]} | ${heading[1]} |`, '|---|---|', ...rows].join('\n');
}

function priorities(): string {
  const rows = Object.entries(Priority).map(([name, level]) => {
    const tens = Array.from({ length: 11 }, (_, value) => value).filter(
      (value) => priorityOf(value, 'zero_to_ten', 'priority') === level,
    );
    const names = name === 'normal' ? '`normal`, `medium`' : `\`${name}\``;
    return `| ${level} | ${names} | ${tens[0]}–${tens.at(-1)} | ${laneOf(level)} |`;
  });
  return ['| level | names | on the scale 0–10 | lane |', '|---|---|---|---|', ...rows].join('\n');
}

function dialects(): string {
  const names = Object.keys(DIALECTS);
  const rows = Object.values(DIALECTS);
  const line = (what: string, values: readonly string[]) => `| ${what} | ${values.join(' | ')} |`;
  const renamed = (['message_id', 'message_type', 'sender', 'receiver'] as const).map((field) =>
    line(
      `\`${field}\``,
      rows.map((row) => `\`${row.fields[field]}\``),
    ),
  );
  const scale = { levels: '1 to 4, or a name', zero_to_ten: '0 to 10, or a name' };
  return [
    line('envelope', names),
    `|---${'|---'.repeat(names.length)}|`,
    ...renamed,
    line(
      '`priority`',
      rows.map((row) => scale[row.priorities]),
    ),
    line(
      '`timestamp`, written as',
      rows.map((row) => (row.timestamps === 'iso' ? 'ISO 8601' : 'epoch seconds')),
    ),
    line(
      'body',
      rows.map((row) => (row.body === 'payload' ? '`payload`' : 'beside the header fields, or `payload`')),
    ),
  ].join('\n');
}

function agentStates(): string {
  const rows = Object.entries(AGENT_STATES).map(
    ([name, { patterns, management, in_pool, means }]) =>
      `| \`${name}\` | ${patterns} | ${management} | ${in_pool ? 'yes' : 'no'} | ${means} |`,
  );
  const head = '| state | patterns document | management document | gets work | when |';
  return [head, '|---|---|---|---|---|', ...rows].join('\n');
}

/** docs/contracts.md as a whole, from the schemas themselves. */
export function contractsDocument(): string {
  return `# Contracts

<!-- Written by \`npm run docs\` from lambdas/contracts. Edit the schemas, not this page: a test compares the two. -->

What travels between clients, agents and the platform. The zod schemas in \`lambdas/contracts\` are the one source of
types, validation and this page.

- [Envelope](#envelope) · [Priorities](#priorities) · [States of an agent](#states-of-an-agent) · [Limits and defaults](#limits-and-defaults)
- [Messages in queues](#messages-in-queues) · [Events on the bus](#events-on-the-bus)
- [Dialects of the seed documents](#dialects-of-the-seed-documents) · [Types](#types)

## Envelope

Every message in a queue is \`{ "header": …, … }\` with one of \`payload\` (the body as it is), \`compressed\` (base64 of
brotli-compressed JSON, for bodies over ${LIMITS.compressBody / 1024} KiB) or \`claim\` (a [BlobRef](#blobref), for what is still over
${LIMITS.inlineBody / 1024} KiB). A message past its \`ttl\` or its \`not_after\` is not worked on.

${table(Header)}

## Priorities

${priorities()}

## States of an agent

Muster's own names, and what the two seed documents call them.

${agentStates()}

## Limits and defaults

Sizes in bytes.

${pairs(['limit', 'value'], LIMITS)}

${pairs(['default', 'value'], DEFAULTS)}

${pairs(['sign of life', 'milliseconds'], LIVENESS)}

## Messages in queues

The body of a message by its \`message_type\`.

${sections(MESSAGE_SCHEMAS, MESSAGES)}

## Events on the bus

The \`detail\` of an event by its \`detail-type\`. The platform speaks as \`muster.platform\`, an agent as \`muster.agent.<name>\`.

${sections(BUS_EVENTS, EVENTS)}

## Dialects of the seed documents

Three ways of writing a message are understood, and told by how they name the two ends. \`fromDialect\` reads any of them
into the envelope, \`toDialect\` writes them; what is wrong is named as the document calls it.

${dialects()}

- Every other field of the envelope (${SHARED_FIELDS.map((name) => `\`${name}\``).join(', ')}) is called the same everywhere.
- Timestamps are read as ISO 8601 (without an offset: UTC) or epoch seconds in every dialect. Milliseconds and seconds of a monotonic clock are refused.
- \`broadcast: true\` in the body stands for the receiver \`broadcast\`.
- An \`id\` that starts with \`response_\` says what it answers: the rest becomes \`reply_to\`.
- Left out: \`message_id\` and \`timestamp\` are made up on receipt, \`correlation_id\` is the body's \`workflow_id\` or the message's id, \`priority\` is the task's or normal.
- A task's \`deadline\` becomes \`not_after\`.

${sections(SEED_BODIES, SEED_MESSAGES)}

## Types

### Json

Any JSON value.

${Object.entries(NAMED)
  .map(([name, type]) => `### ${name}\n\n${table(type)}`)
  .join('\n\n')}
`;
}
