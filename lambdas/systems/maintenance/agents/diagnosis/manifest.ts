import * as z from 'zod';
import { defineManifest } from '../../../../contracts/manifest.ts';
import { THRESHOLDS } from '../../analysis/thresholds.ts';
import { Diagnosis } from '../../fleet/shapes.ts';
import { channelsOf } from '../../messages/worker-channels.ts';
import { DiagnoseInput } from '../../task-shapes.ts';

const share = z.number().min(0).max(1);
export const DiagnosisParameters = z.object({
  soon: share.default(THRESHOLDS.soon).describe('Risk within 14 days from which on a customer is told'),
  urgent: share.default(THRESHOLDS.urgent).describe('Risk from which on it is urgent, or concerns safety'),
  urgent_days: z.number().min(0).max(60).default(THRESHOLDS.urgentDays).describe('Days left below which it is, too'),
});

/** Says which part it is and why, in figures and in words. */
export const manifest = defineManifest({
  name: 'maintenance-diagnosis',
  description: 'Which part of a vehicle will fail, which signals say so, and how soon it must be seen to',
  errorImpact: 'Predicted failures reach no customer: vehicles break down that could have been repaired.',
  effects: 'none',
  channels: channelsOf('diagnosis_agent'),
  parameters: DiagnosisParameters,
  capabilities: {
    'maintenance.diagnose': { description: 'Part, urgency, evidence', input: DiagnoseInput, output: Diagnosis },
  },
});
