import { RecoverableError } from '../../contracts/errors.ts';
import type { Json } from '../../contracts/json.ts';
import type { Tool } from '../tool.ts';
import { approve } from './approve.ts';
import { underClaim } from './outside-call.ts';
import { prepareCall } from './prepare-call.ts';
import { fromRecord } from './recorded-call.ts';
import { type Surroundings, settle, type ToolCall } from './tool-call.ts';

/** What an operation of kind `tool` does; its answer is recorded. */
export async function callTool(tool: Tool, input: Json, around: Surroundings): Promise<Json> {
  const { work } = around;
  const call = prepareCall(tool, input, around);
  const isTainted = work.taint.isTainted(input);
  const value = await answerOf(call, around, isTainted);
  return { value, ...((tool.outside || isTainted) && { tainted: true }) };
}

async function answerOf(call: ToolCall, around: Surroundings, isTainted: boolean): Promise<Json> {
  const { tool, input } = call;
  const { work } = around;
  if (work.recordedIn && tool.effects !== 'none') return fromRecord(call, around, work.recordedIn);
  if (tool.privileged && isTainted) await approve(tool, input, work);
  return tool.effects === 'outside' ? underClaim(call, around) : repeatable(call, around);
}

/** Work that may be done again. */
async function repeatable(call: ToolCall, { work }: Surroundings): Promise<Json> {
  const reserved = await call.pay();
  if (work.signal.aborted) {
    await reserved.release();
    throw new RecoverableError('timeout', `no time was left for the tool "${call.tool.name}"`);
  }
  try {
    return await call.perform();
  } finally {
    await settle(call.tool, reserved, work);
  }
}
