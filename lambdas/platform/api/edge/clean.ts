import type { ErrorReport } from '../../../contracts/errors.ts';
import { createRedactor, withoutStack } from '../../../contracts/redact.ts';

const redactor = createRedactor();

/** A text of an error as it may leave the platform: without secrets, and without places in code. */
export const clean = (text: string): string => redactor.text(withoutStack(text));

/** A failure as it may leave the platform: what agents report may repeat what services told them. */
export const cleanReport = (report: ErrorReport): ErrorReport => redactor.report(report);
