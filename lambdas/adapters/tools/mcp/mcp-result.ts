import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { NonRecoverableError } from '../../../contracts/errors.ts';

/**
 * What a call came to: structured where the tool has promised that, else its text, else all parts of it.
 * @throws NonRecoverableError `tool_failed` when the server says so
 */
export function resultOf(
  tool: string,
  { isError, content, structuredContent }: CallToolResult,
  isStructured: boolean,
): unknown {
  const texts = content.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  if (isError) {
    const said = texts.join('\n') || 'it does not say why';
    throw new NonRecoverableError('tool_failed', `the tool "${tool}" failed: ${said}`.slice(0, 2_000));
  }
  if (isStructured) return structuredContent;
  return texts.length === content.length ? texts.join('\n') : content;
}
