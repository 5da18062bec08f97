import * as z from 'zod';

/** Models are told of tools by these names, so they are what all providers take. */
export const ToolName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a tool\'s name is 1-64 letters, digits, "_" and "-", such as "send_mail"');

/** Between the name of an MCP server and that of its tool: "weather__forecast". */
export const SERVER_SEPARATOR = '__';

/** The MCP server of a tool's name; undefined of a tool of our own. */
export function serverOf(tool: string): string | undefined {
  const at = tool.indexOf(SERVER_SEPARATOR);
  return at > 0 ? tool.slice(0, at) : undefined;
}

/** What a tool does to the world. */
export const ToolEffects = z.enum(['none', 'idempotent', 'outside']);
export type ToolEffects = z.infer<typeof ToolEffects>;

const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';
/** A host that tools may reach: "api.example.com", "*.example.com", with a port of its own if it has one, or "*". */
export const HostRule = z
  .string()
  .regex(
    new RegExp(`^(?:\\*|(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*|\\[[0-9a-f:.]+\\])(?::\\d{1,5})?$`),
    'a host is like "api.example.com", "*.example.com" or "api.example.com:8443"',
  );
