import { defineManifest } from '../../../../contracts/manifest.ts';
import { FILES_BUCKET } from '../../files.ts';
import { RawInput, StandardForm } from '../../prepare/standard-form.ts';

/** What it keeps of an upload is named by its content, so a second attempt writes the same object. */
export const manifest = defineManifest({
  name: 'preprocessor',
  description: 'Finds out what an input is and brings it into the form that every agent takes',
  errorImpact: 'Nothing that is handed in as a file or as raw data gets to the agents: whoever sent it is told so.',
  timeoutSeconds: 60,
  // The largest input takes 400 MB while it is unpacked, decoded and cleaned.
  memoryMb: 1_024,
  batchSize: 1,
  effects: 'idempotent',
  reaches: { buckets: { [FILES_BUCKET]: 'read-write' } },
  capabilities: {
    'input.prepare': {
      description:
        'Validates, detects the type, parses; refuses what is empty, huge, encrypted or unfit, with the reason',
      input: RawInput,
      output: StandardForm,
    },
  },
});
