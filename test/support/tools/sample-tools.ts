import * as z from 'zod';
import type { ToolEffects } from '../../../lambdas/contracts/tool-names.ts';
import type { ToolContext } from '../../../lambdas/runtime/tool.ts';
import { defineTool, type ToolOptions } from '../../../lambdas/runtime/tools/define-tool.ts';

const Input = z.object({ to: z.string(), amount: z.number() });
const Output = z.object({ receipt: z.string() });
type PayOptions = Omit<Partial<ToolOptions<typeof Input, typeof Output>>, 'input' | 'output' | 'run'>;

/** A tool that takes note of what it was asked; `how` says what comes of it, by how often it was. */
export function payTool(
  effects: ToolEffects,
  how: (times: number, context: ToolContext) => Promise<string> | string = (times) => `receipt ${times}`,
  more: PayOptions = {},
) {
  const paid: Array<{ to: string; amount: number; key: string }> = [];
  const tool = defineTool({
    ...{ name: 'pay', description: 'Pays somebody', effects, input: Input, output: Output },
    ...more,
    async run(input, context) {
      paid.push({ ...input, key: context.idempotencyKey });
      return { receipt: await how(paid.length, context) };
    },
  });
  return { tool, paid };
}

/** A tool that tells something from outside. */
export function readTool(answer: unknown, more: { outside?: boolean } = {}) {
  return defineTool({
    ...{ name: 'read', description: 'Reads a page', effects: 'none', outside: true, ...more },
    input: z.object({ page: z.string() }),
    output: z.json(),
    run: () => answer as z.core.util.JSONType,
  });
}
