import { DataError, MusterError, NonRecoverableError } from '../../contracts/errors.ts';
import type { Manifest } from '../../contracts/manifest.ts';
import type { Tool } from '../tool.ts';

/**
 * Thrown by a tool that knows that nothing has taken place, so that it may be tried again. From a tool with outside effects
 * any other error that is not `data` or `non_recoverable` means that nobody knows.
 */
export class NotDone extends MusterError {
  override readonly name = 'NotDone';

  constructor(code: string, message: string, options: { class?: 'recoverable' | 'system'; cause?: unknown } = {}) {
    const { class: kind = 'recoverable', cause } = options;
    super({ code, class: kind, message }, { cause });
  }
}

export function notAllowed({ name, uses }: Manifest, tool: string): DataError {
  const allowed = uses.tools.join(', ') || 'none';
  return new DataError(
    'tool_not_allowed',
    `${name} may not use the tool "${tool}"; it may use: ${allowed}. Add it to uses.tools of its manifest.ts`,
  );
}

export function notPermitted({ name }: Manifest, { name: tool }: Tool, missing: readonly string[]): DataError {
  const words = missing.map((word) => `'${word}'`).join(', ');
  return new DataError(
    'tool_not_permitted',
    `the tool "${tool}" needs permissions that ${name} does not have: ${missing.join(', ')}. Grant them in its manifest.ts: uses: { permissions: [${words}] }`,
  );
}

export function notRegistered(tool: string, registered: readonly string[]): DataError {
  return new DataError(
    'tool_not_registered',
    `no tool "${tool}" is registered; there are: ${registered.join(', ') || 'none'}. Name it in handler.ts: agentHandler(agent, { tools: tools(…) })`,
  );
}

export const inputInvalid = ({ name }: Tool, problem: string): DataError =>
  new DataError('tool_input_invalid', `the arguments of "${name}" do not fit its schema: ${problem}`.slice(0, 2_000));

/** The tool has done its work: whatever is wrong with its answer, doing it again would not help. */
export const outputInvalid = ({ name }: Tool, problem: string): NonRecoverableError =>
  new NonRecoverableError(
    'tool_output_invalid',
    `the tool "${name}" did not answer as its schema says: ${problem}. Mend the tool, or its schema`.slice(0, 2_000),
  );

export const toolChanged = (name: string, what: string, how: string): NonRecoverableError =>
  new NonRecoverableError(
    'tool_changed',
    `the tool "${name}" is not what was pinned: ${what}. Look at it, then pin it again: ${how}`.slice(0, 2_000),
  );
