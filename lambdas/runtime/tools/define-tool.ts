import * as z from 'zod';
import { issuesOf } from '../../contracts/errors.ts';
import { JsonObject } from '../../contracts/json.ts';
import { HostRule, SERVER_SEPARATOR, type ToolEffects, ToolName } from '../../contracts/tool-names.ts';
import type { ToolContext, TypedTool } from '../tool.ts';
import { checkedResult } from './checked-result.ts';
import { toolChanged } from './errors.ts';
import { toolHash } from './tool-hash.ts';

/** What defines a tool. */
export interface ToolOptions<I extends z.ZodType, O extends z.ZodType> {
  readonly name: string;
  /** Default: "1.0.0". */
  readonly version?: string;
  /** What it does and when to use it, for models and people. */
  readonly description: string;
  readonly input: I;
  readonly output: O;
  /**
   * `none`: nothing, so it may run again. `idempotent`: it may, with the same `idempotencyKey`. `outside`: it must never
   * happen twice, so it happens under a claim.
   */
  readonly effects: ToolEffects;
  readonly permissions?: readonly string[];
  readonly privileged?: boolean;
  readonly outside?: boolean;
  readonly rate?: { readonly perMinute: number };
  /** What a call costs. Default: nothing. */
  readonly usd?: number;
  /** Default: 30. */
  readonly timeoutSeconds?: number;
  /** Of its result, as JSON. Default: 1 MiB. */
  readonly maxBytes?: number;
  readonly hosts?: readonly string[];
  /** Its hash, if it must not change unseen: another description or schema than that is refused. */
  readonly pin?: string;
  run(input: z.output<I>, context: ToolContext): Promise<z.input<O>> | z.input<O>;
}

const Settings = z.object({
  name: ToolName.refine((name) => !name.includes(SERVER_SEPARATOR), {
    error: `has no "${SERVER_SEPARATOR}": that is between an MCP server and its tool`,
  }),
  version: z.string().min(1).max(64),
  description: z.string().min(1).max(4_000),
  rate: z.object({ perMinute: z.number().positive() }).optional(),
  usd: z.number().nonnegative(),
  timeoutSeconds: z.number().positive().max(840),
  maxBytes: z
    .number()
    .int()
    .positive()
    .max(16 * 1024 * 1024),
  hosts: z.array(HostRule).optional(),
});

/**
 * A tool of our own. Its schemas must be such that JSON Schema can express them, for models and the pin.
 * @throws Error naming the tool and what is wrong with it; NonRecoverableError `tool_changed` when it is not as pinned
 */
export function defineTool<I extends z.ZodType, O extends z.ZodType>(options: ToolOptions<I, O>): TypedTool<I, O> {
  const { effects, permissions = [], privileged = false, outside = false, pin } = options;
  const settings = Settings.safeParse({
    ...{ version: '1.0.0', usd: 0, timeoutSeconds: 30, maxBytes: 1024 * 1024 },
    ...options,
  });
  if (!settings.success) throw new Error(`tool ${options.name}: ${issuesOf(settings.error)}`);
  const { name, version, description, rate, usd, timeoutSeconds, maxBytes, hosts } = settings.data;
  const input = jsonSchemaOf(name, 'input', options.input);
  const output = jsonSchemaOf(name, 'output', options.output);
  const hash = toolHash({ name, version, description, input, output });
  if (pin !== undefined && pin !== hash) throw toolChanged(name, `its hash is ${hash}`, 'set `pin` to that');
  return {
    ...{ name, version, description, input, output, hash, effects, permissions, privileged, outside },
    ...{ rate, usd, timeoutSeconds, maxBytes, hosts },
    schemas: { input: options.input, output: options.output },
    prepare(given) {
      const parsed = options.input.safeParse(given);
      if (!parsed.success) return { problem: issuesOf(parsed.error) };
      return { run: async (context) => options.run(parsed.data, context) };
    },
    check(result) {
      const parsed = options.output.safeParse(result);
      return parsed.success ? checkedResult(parsed.data) : { problem: issuesOf(parsed.error) };
    },
  };
}

function jsonSchemaOf(tool: string, io: 'input' | 'output', schema: z.ZodType): JsonObject {
  try {
    const { $schema: _dialect, ...json } = z.toJSONSchema(schema, { io });
    return JsonObject.parse(JSON.parse(JSON.stringify(json)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`tool ${tool}: its ${io} must be plain data that JSON Schema can express: ${why}`);
  }
}
