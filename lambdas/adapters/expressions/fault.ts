import type { ErrorReport } from '../../contracts/errors.ts';

/** What went wrong with an expression, before it is known which one. */
export class ExpressionFault extends Error {
  override readonly name = 'ExpressionFault';
  readonly code: string;
  readonly position: number | undefined;

  constructor(code: string, message: string, position?: number) {
    super(message);
    this.code = code;
    this.position = position;
  }
}

const SHOWN = 200;

/** The report of a fault: class `data`, and the expression by name. */
export function reportFault(source: string, fault: ExpressionFault): ErrorReport {
  const shown = source.length > SHOWN ? `${source.slice(0, SHOWN)}…` : source;
  return {
    code: fault.code,
    class: 'data',
    message: `expression {% ${shown} %}: ${fault.message}`.slice(0, 1_500),
    details: { expression: shown, ...(fault.position !== undefined && { position: fault.position }) },
  };
}
