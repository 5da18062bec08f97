import { defineManifest } from '../../../../contracts/manifest.ts';
import { FILES_BUCKET } from '../../files.ts';
import { StreamingInput, StreamingResult } from '../../live/streaming-analysis.ts';
import { signed } from '../../work/made-by.ts';

export const manifest = defineManifest({
  name: 'stream-analyst',
  description: 'Analyses files and texts while it reads them, and tells what it knows after each chunk',
  errorImpact: 'Live analyses stop where they are; what was told stays, and goes on when the agent is back.',
  timeoutSeconds: 300,
  memoryMb: 512,
  batchSize: 1,
  effects: 'none',
  uses: { steps: true },
  reaches: { buckets: { [FILES_BUCKET]: 'read' } },
  health: { avgProcessingSeconds: 30 },
  capabilities: {
    streaming_analysis: {
      description: 'Running figures of numbers and words, and what is unusual, chunk by chunk',
      input: StreamingInput,
      output: signed(StreamingResult),
    },
  },
});
