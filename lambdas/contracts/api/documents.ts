import * as z from 'zod';
import { JsonObject } from '../json.ts';
import { route } from './route.ts';

/** What describes the platform to those who come to it: nobody is asked who they are. */
export const documentRoutes = {
  getOpenApi: route({
    method: 'GET',
    path: '/openapi.json',
    group: 'documents',
    summary: 'This API as OpenAPI 3.1',
    access: 'public',
    answers: { 200: { description: 'The document', body: JsonObject } },
  }),
  getAsyncApi: route({
    method: 'GET',
    path: '/asyncapi.json',
    group: 'documents',
    summary: 'What travels by message, the WebSocket API included, as AsyncAPI 3.0',
    access: 'public',
    answers: { 200: { description: 'The document', body: JsonObject } },
  }),
  getJwks: route({
    method: 'GET',
    path: '/.well-known/jwks.json',
    group: 'documents',
    summary: 'The public keys that tokens of this deployment are verified with',
    access: 'public',
    answers: {
      200: { description: 'A JSON Web Key Set (RFC 7517)', body: z.object({ keys: z.array(JsonObject) }) },
    },
  }),
} as const;
