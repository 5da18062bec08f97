import * as z from 'zod';

/** An MCP server that tools come from, as the configuration describes it. */
export const McpServer = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: 'is an http(s) URL such as "https://mcp.example.com/mcp"' }),
    secret: z
      .string()
      .regex(/^[\w/+=.@:-]{1,512}$/, 'is the name of a secret in AWS Secrets Manager, never the token itself')
      .optional()
      .describe('Holds a bearer token'),
    private: z.boolean().default(false).describe('It has an address of a private network'),
  })
  .superRefine(({ url }, context) => {
    if (!URL.canParse(url)) return;
    const { protocol, username, password, hostname } = new URL(url);
    const problem = (message: string): void => context.addIssue({ code: 'custom', path: ['url'], message });
    if (username || password) problem('holds credentials: put the token into a secret and name it in "secret"');
    if (protocol === 'http:' && !isLoopback(hostname)) problem('is http: use https');
  });
export type McpServer = z.infer<typeof McpServer>;

/** By the names that tools have before "__". */
export const McpServers = z.record(z.string(), McpServer).superRefine((servers, context) => {
  for (const name of Object.keys(servers))
    if (!/^[a-z](?:-?[a-z0-9])*$/.test(name))
      context.addIssue({ code: 'custom', path: [name], message: 'a server is named in kebab-case, such as "weather"' });
});
export type McpServers = z.infer<typeof McpServers>;

const isLoopback = (hostname: string): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
