import * as z from 'zod';

/** How a deployment sets its API. Made by lib from the configuration, read by the Lambda. */
export const ApiSettings = z.strictObject({
  corsOrigins: z
    .array(
      z.url({ protocol: /^https?$/ }).regex(/^https?:\/\/[^/]+$/, 'is an origin such as "https://console.example.com"'),
    )
    .max(20)
    .default([])
    .describe('Whose pages may call the API; default: none'),
});
export type ApiSettings = z.infer<typeof ApiSettings>;
