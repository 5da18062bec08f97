import * as z from 'zod';
import { JsonObject } from '../../../contracts/json.ts';
import { WorkflowDefinition } from '../../../contracts/workflow-definition.ts';
import { manifest as avatarTrainer } from '../agents/avatar-trainer/manifest.ts';
import { manifest as memoryHarvester } from '../agents/memory-harvester/manifest.ts';
import { manifest as orchestrator } from '../agents/orchestrator/manifest.ts';
import { manifest as relationshipMapper } from '../agents/relationship-mapper/manifest.ts';
import { ONE_AT_A_TIME } from './one-at-a-time.ts';

const schemaOf = (schema: z.ZodType): JsonObject => JsonObject.parse(z.toJSONSchema(schema, { io: 'input' }));

/** One task, and what it answers passes the guardian. @param limits for what reads what is known, and writes it anew */
const guarded = (name: string, description: string, type: string, input: z.ZodType, limits?: Limits) =>
  WorkflowDefinition.parse({
    ...{ name, description, input: schemaOf(input), output: ['release'] },
    tasks: [
      { id: 'work', type, input: '{% $input %}', ...(limits && { limits: [...limits] }) },
      { id: 'release', type: 'apply_security', dependsOn: ['work'], input: { document: '{% $results.work %}' } },
    ],
  });
type Limits = (typeof ONE_AT_A_TIME)[keyof typeof ONE_AT_A_TIME];

const { avatars, learning } = ONE_AT_A_TIME;
const { get_stats } = memoryHarvester.capabilities;
const { query_relationships } = relationshipMapper.capabilities;
const { learn_from_feedback, manage_experiment } = orchestrator.capabilities;
const { record_consent, train_avatar, compare_style } = avatarTrainer.capabilities;

/** Requests that one agent answers. */
export const singleSteps: readonly WorkflowDefinition[] = [
  guarded(
    'assistant.relationships',
    "Somebody's circle, or the way to somebody",
    'query_relationships',
    query_relationships.input,
  ),
  guarded('assistant.stats', 'What the harvester has done, and how fast', 'get_stats', get_stats.input),
  guarded('assistant.avatar', 'Learns how somebody writes who has agreed', 'train_avatar', train_avatar.input, avatars),
  guarded(
    'assistant.whose-style',
    'Which of those who agreed a text reads like',
    'compare_style',
    compare_style.input,
    avatars,
  ),
  guarded(
    'assistant.consent',
    'Somebody agrees to be imitated, or does not any more',
    'record_consent',
    record_consent.input,
    avatars,
  ),
  guarded(
    'assistant.feedback',
    'A score of an answer, from which agents learn',
    'learn_from_feedback',
    learn_from_feedback.input,
    learning,
  ),
  guarded(
    'assistant.experiment',
    'Starts, widens or stops an experiment',
    'manage_experiment',
    manage_experiment.input,
    learning,
  ),
];
