import type { Json } from '../../contracts/json.ts';
import { CheaperPlease, PutBack } from '../budgets/guard.ts';
import type { AtPaidWork } from '../open-abilities.ts';
import type { Tool, ToolContext } from '../tool.ts';
import { nameInBudgets } from './container-bucket.ts';
import { inputInvalid, outputInvalid } from './errors.ts';
import { inTime } from './in-time.ts';
import type { Surroundings, ToolCall } from './tool-call.ts';
import { digestOf } from './tool-hash.ts';

const LARGEST_INPUT = 256 * 1024;
const DEEPEST_INPUT = 100;

/** @throws DataError `tool_input_invalid` */
export function prepareCall(tool: Tool, input: Json, around: Surroundings): ToolCall {
  const { work, clock } = around;
  if (depthOf(input) > DEEPEST_INPUT) throw inputInvalid(tool, `they are nested deeper than ${DEEPEST_INPUT}`);
  if (JSON.stringify(input).length > LARGEST_INPUT) throw inputInvalid(tool, `they are longer than ${LARGEST_INPUT}`);
  const prepared = tool.prepare(input);
  if ('problem' in prepared) throw inputInvalid(tool, prepared.problem);
  const until = (): number => Math.min(work.deadline, clock.now() + tool.timeoutSeconds * 1_000);
  const name = nameInBudgets(tool.name);
  return {
    ...{ tool, input, until },
    async pay() {
      const reserved = await reserve(call(), work);
      const taken = await around.bucket.take(work.tenant, name, 0).catch(async (error: unknown) => {
        await reserved.release();
        throw error;
      });
      if ('ok' in taken) return reserved;
      await reserved.release();
      const seconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1_000));
      throw new PutBack(`the rate of ${work.tenant} for ${tool.name} is used up`, seconds);
    },
    perform: (late) =>
      inTime(
        { until: until(), clock, signal: work.signal },
        async (signal) => {
          const result = await prepared.run(contextOf(tool, signal, until(), around));
          return checked(tool, result);
        },
        late,
      ),
  };

  function call() {
    return { id: work.callId(), model: name, usd: tool.usd, tokens: 0, calls: 1 };
  }
}

async function reserve(call: Parameters<AtPaidWork['spending']['reserve']>[0], { spending }: AtPaidWork) {
  try {
    return await spending.reserve(call);
  } catch (error) {
    // A tool has no cheaper sister.
    throw error instanceof CheaperPlease ? error.otherwise : error;
  }
}

/** @throws NonRecoverableError `tool_output_invalid` */
function checked(tool: Tool, result: unknown): Json {
  const answer = tool.check(result);
  if ('problem' in answer) throw outputInvalid(tool, answer.problem);
  const bytes = Buffer.byteLength(JSON.stringify(answer.value));
  if (bytes > tool.maxBytes)
    throw outputInvalid(tool, `its answer has ${bytes} bytes, and it may have ${tool.maxBytes}`);
  return answer.value;
}

function contextOf(
  tool: Tool,
  signal: AbortSignal,
  deadline: number,
  { work, reach, http }: Surroundings,
): ToolContext {
  const { tenant, runId, taskId, clock, logger, manifest } = work;
  const hosts = [manifest.reaches.hosts, ...(tool.hosts ? [tool.hosts] : [])];
  return {
    secret: reach.secret,
    bucket: reach.bucket,
    setting: reach.setting,
    publish: reach.publish,
    ...{ tenant, runId, taskId, clock, logger, signal, deadline },
    idempotencyKey: digestOf([work.callId(), tool.name]).slice(0, 40),
    fetch: http(hosts, signal),
  };
}

function depthOf(value: Json): number {
  let level: Json[] = [value];
  for (let depth = 0; ; depth += 1) {
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
    if (level.length === 0 || depth > DEEPEST_INPUT) return depth;
  }
}
