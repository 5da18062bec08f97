import { defineManifest } from '../../../../contracts/manifest.ts';
import { FLEET_BUCKET } from '../../fleet/store.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { FeedbackInput, FeedbackResult } from '../../task-shapes.ts';

/** Notes what garages found and customers said, days after a visit. */
export const manifest = defineManifest({
  name: 'maintenance-feedback',
  description: 'Puts what garages and customers say after a visit to the prediction that led to it',
  errorImpact: 'Nobody learns which predictions were right, and the factory hears of no worn parts.',
  effects: 'idempotent',
  channels: channelsOf('feedback_agent'),
  reaches: { buckets: { [FLEET_BUCKET]: 'read-write' } },
  capabilities: {
    'maintenance.process_feedback': {
      description: 'Confirms or refutes a prediction, and passes it on to the factory',
      input: FeedbackInput,
      output: FeedbackResult,
    },
  },
});
