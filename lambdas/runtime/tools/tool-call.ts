import type { Json } from '../../contracts/json.ts';
import type { Bucket, Reserved } from '../budgets/guard.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import type { Claims, Clock } from '../ports.ts';
import type { HttpFetch, Tool, ToolReach } from '../tool.ts';

/** Where a call is made. */
export interface Surroundings {
  readonly clock: Clock;
  readonly claims: Claims | undefined;
  readonly bucket: Bucket;
  readonly work: AtPaidWork;
  readonly reach: ToolReach;
  /** Requests to hosts that each of these lists names. */
  http(hosts: ReadonlyArray<readonly string[]>, signal: AbortSignal): HttpFetch;
}

/** One call on its way. */
export interface ToolCall {
  readonly tool: Tool;
  readonly input: Json;
  /** Until when it may be at work, ms. */
  until(): number;
  /** Takes what it costs from budgets and rate. */
  pay(): Promise<Reserved>;
  /** Does the work, once. @throws ToolTimeout when it is let go of; `late` is told what it came to all the same */
  perform(late?: (result: Json) => void): Promise<Json>;
}

/** It was made, so it counts, however it ended. */
export async function settle({ usd }: Tool, reserved: Reserved, work: AtPaidWork): Promise<void> {
  work.used({ usd, tool_calls: 1 });
  await reserved.settle({ usd, input_tokens: 0, output_tokens: 0 });
}
