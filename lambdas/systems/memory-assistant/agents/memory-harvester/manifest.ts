import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { memoryProcessed } from '../../channels.ts';
import {
  BatchProcess,
  BatchProcessed,
  MemoryProcessed,
  ProcessMemory,
  QualityAssessment,
  StatsResponse,
  ValidateQuality,
} from '../../messages.ts';
import { BATCH } from '../../performance/thresholds.ts';

/** Reads what was imported and remembers it. What it has remembered once it knows again, so it is idempotent. */
export const manifest = defineManifest({
  name: 'assistant-memory-harvester',
  description: 'Reads chats, calendars and notes, judges them, and remembers what is new',
  errorImpact: 'What its owner imports is not remembered: answers stay as they were before the import.',
  timeoutSeconds: 300,
  memoryMb: 1_024,
  batchSize: BATCH.size,
  effects: 'idempotent',
  confidential: true,
  channels: { publishes: [memoryProcessed.name] },
  reaches: { buckets: { 'assistant-data': 'read' } },
  uses: { memory: { memories: 'read-write', own: 'read-write' } },
  health: { avgProcessingSeconds: 60 },
  capabilities: {
    process_memory: {
      description: 'Process raw memory input from various sources',
      input: ProcessMemory,
      output: MemoryProcessed,
    },
    batch_process: { description: 'Process multiple memories in batch', input: BatchProcess, output: BatchProcessed },
    validate_quality: {
      description: 'Validate memory content quality',
      input: ValidateQuality,
      output: QualityAssessment,
    },
    get_stats: {
      description: 'Get processing statistics: what it has done, and how fast',
      input: z.strictObject({}),
      output: StatsResponse,
    },
  },
});
