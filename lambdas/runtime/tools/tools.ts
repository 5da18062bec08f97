import * as z from 'zod';
import { DataError } from '../../contracts/errors.ts';
import { Json } from '../../contracts/json.ts';
import type { Bucket } from '../budgets/guard.ts';
import type { UsableTool } from '../model.ts';
import type { AtPaidWork, ToolAbility } from '../open-abilities.ts';
import type { CallTool, Tool, ToolReach, Tools, TypedTool } from '../tool.ts';
import { callTool } from './call-tool.ts';
import { containerBucket } from './container-bucket.ts';
import { createToolRegistry } from './registry.ts';
import { createTaint } from './taint.ts';
import type { Surroundings } from './tool-call.ts';

/** What tools need of the world. Made once per container. */
export interface ToolPorts extends Omit<Surroundings, 'bucket' | 'work' | 'reach'> {
  readonly tools: readonly Tool[];
  /** For `rate`; it knows tools as `tool:<name>`. Default: each container keeps to it by itself. */
  readonly bucket?: Bucket;
}

/** A tool's result as it is recorded. */
const Recorded = z.strictObject({ value: Json, tainted: z.literal(true).optional() });

/** `ctx.tool` and `ctx.tools`. Make it once per container: pools and breakers outlive an attempt. */
export function createTools(ports: ToolPorts): ToolAbility {
  const registry = createToolRegistry(ports.tools);
  const bucket = ports.bucket ?? containerBucket(ports.tools, ports.clock);
  return {
    taint: createTaint,
    open(work: AtPaidWork, reach: ToolReach): Tools {
      /** Begins the operation at once, since that numbers it. */
      function begin(name: string, input: Json): Promise<Json> {
        const tool = registry.allowed(name, work.manifest);
        const recorded = work.operation('tool', name, () => callTool(tool, input, { ...ports, bucket, work, reach }));
        return recorded.then((record) => {
          const { value, tainted } = Recorded.parse(record);
          if (tainted) work.taint.mark(value);
          return value;
        });
      }

      function callNow(name: string, input: Json): Promise<Json> {
        try {
          return begin(name, input);
        } catch (error) {
          return Promise.reject(error);
        }
      }

      const usable = (name: string): UsableTool => {
        const { description, input } = registry.allowed(name, work.manifest);
        return { name, description, input, run: (given) => callNow(name, given) };
      };

      return {
        tool: callAny(callNow),
        tools: (...names) => (names.length > 0 ? names : work.manifest.uses.tools).map(usable),
      };
    },
  };
}

function callAny(call: (name: string, input: Json) => Promise<Json>): CallTool {
  function tool<I extends z.ZodType, O extends z.ZodType>(
    typed: TypedTool<I, O>,
    input: z.input<I>,
  ): Promise<z.output<O>>;
  function tool(name: string, input: Json): Promise<Json>;
  function tool(given: string | TypedTool<z.ZodType, z.ZodType>, input: unknown): Promise<unknown> {
    let json: Json;
    try {
      json = asJson(input);
    } catch (error) {
      return Promise.reject(error);
    }
    if (typeof given === 'string') return call(given, json);
    return call(given.name, json).then((value) => given.schemas.output.parse(value));
  }
  return tool;
}

/** Without what is undefined. */
function asJson(input: unknown): Json {
  try {
    return Json.parse(JSON.parse(JSON.stringify(input) ?? 'null'));
  } catch (error) {
    const why = error instanceof RangeError ? 'they are nested too deep' : String(error);
    throw new DataError('tool_input_invalid', `the arguments are no JSON: ${why}`.slice(0, 2_000));
  }
}
