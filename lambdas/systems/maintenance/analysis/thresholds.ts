import type { Thresholds } from './diagnose.ts';

/** The defaults of what is done from which risk on: see the model card for what precision and recall that means. */
export const THRESHOLDS: Thresholds = { soon: 0.5, urgent: 0.8, urgentDays: 5 };
