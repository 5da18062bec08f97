import * as z from 'zod';
import { JsonObject } from './json.ts';
import { ToolEffects, ToolName } from './tool-names.ts';

/** A tool of an MCP server as somebody has looked at it and pinned it. */
export const PinnedTool = z.strictObject({
  name: ToolName.describe('As the server calls it'),
  description: z.string(),
  input: JsonObject,
  output: JsonObject.optional(),
  hash: z.string().regex(/^sha256:[0-9a-f]{64}$/, 'is "sha256:" and 64 hexadecimal digits'),
  effects: ToolEffects.describe('What whoever pinned it says of it: the server is not asked'),
  privileged: z.boolean().optional(),
  permissions: z.array(z.string()).optional(),
  perMinute: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().max(840).optional(),
});
export type PinnedTool = z.infer<typeof PinnedTool>;

/** What `muster tools pin` writes: the tools of one server that an agent may be given. */
export const ToolLock = z.strictObject({
  lock: z.literal(1),
  server: z.string().regex(/^[a-z](?:-?[a-z0-9])*$/, 'a server is named in kebab-case, such as "weather"'),
  tools: z.array(PinnedTool),
});
export type ToolLock = z.infer<typeof ToolLock>;
