import * as z from 'zod';

/** What API Gateway tells of a WebSocket. Nothing a client says is in it but `body`. */
const SocketEventShape = z.object({
  requestContext: z.object({
    eventType: z.enum(['CONNECT', 'DISCONNECT', 'MESSAGE']),
    connectionId: z.string().min(1).max(128),
    identity: z.object({ sourceIp: z.string().optional() }).optional(),
  }),
  body: z.string().optional().nullable(),
  isBase64Encoded: z.boolean().optional(),
});

export interface SocketEvent {
  readonly what: 'connect' | 'disconnect' | 'message';
  readonly connectionId: string;
  readonly source?: string;
  readonly body: string;
}

const WHAT = { CONNECT: 'connect', DISCONNECT: 'disconnect', MESSAGE: 'message' } as const;

/** @throws z.ZodError when API Gateway has not sent it */
export function readSocketEvent(event: unknown): SocketEvent {
  const { requestContext, body, isBase64Encoded = false } = SocketEventShape.parse(event);
  const source = requestContext.identity?.sourceIp;
  return {
    what: WHAT[requestContext.eventType],
    connectionId: requestContext.connectionId,
    ...(source !== undefined && { source }),
    // Binary frames are none of the protocol's: as text they are refused as such.
    body: isBase64Encoded ? '' : (body ?? ''),
  };
}
