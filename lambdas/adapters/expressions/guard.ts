import { ExpressionFault } from './fault.ts';
import { EXPRESSION_LIMITS } from './limits.ts';

/** Counts what one expression does, and ends it when it does too much. */
export interface Guard {
  /** @throws ExpressionFault `expression_too_many_steps`, also once the expression is over */
  step(): void;
  /** @throws ExpressionFault `expression_value_too_large` */
  size(value: unknown): void;
  /** Ends what still runs of the expression: jsonata evaluates groups in parallel, and one may outlive a failure. */
  end(): void;
}

export function createGuard(): Guard {
  let left: number = EXPRESSION_LIMITS.steps;
  return {
    step() {
      left -= 1;
      if (left < 0)
        throw new ExpressionFault('expression_too_many_steps', `it takes more than ${EXPRESSION_LIMITS.steps} steps`);
    },
    size(value) {
      const isString = typeof value === 'string';
      const limit = isString ? EXPRESSION_LIMITS.string : EXPRESSION_LIMITS.items;
      if ((isString || Array.isArray(value)) && value.length > limit)
        throw new ExpressionFault(
          'expression_value_too_large',
          `it makes ${isString ? 'a string' : 'an array'} of ${value.length}; the most is ${limit}`,
        );
    },
    end() {
      left = 0;
    },
  };
}

/** The guard of the expression that is evaluated now. */
export const current: { guard: Guard } = { guard: createGuard() };
