import * as z from 'zod';
import { Json, type JsonObject } from '../json.ts';
import { PROBLEM_TYPE, Problem } from './problem.ts';
import type { ApiRoute } from './route.ts';
import { ROUTES } from './routes.ts';

const VERSION = '1.0.0';
const SERVER = 'https://{api}.execute-api.{region}.amazonaws.com';

/** What each group of operations is about, in the order in which documents show them. */
const GROUPS: Readonly<Record<string, string>> = {
  agents: 'One task by one agent, and who there is to do it',
  workflows: 'Runs of workflows, from request to result',
  tasks: 'The tasks of a run, and why each went where it went',
  decisions: 'What people are asked',
  repair: 'Forks, replays, comparisons and repairs of runs',
  operations: 'Queues, limits, dead letters, messages and the state of the platform',
  memory: 'What agents remember',
  documents: 'What describes the platform',
};

/** The OpenAPI 3.1 document of the API: made from the routes that the router, the client and the tests use as well. */
export function openApiDocument(): JsonObject {
  const schemas = new Schemas();
  const paths: Record<string, JsonObject> = {};
  for (const [operation, route] of Object.entries<ApiRoute>(ROUTES)) {
    const path = paths[route.path] ?? {};
    path[route.method.toLowerCase()] = operationOf(operation, route, schemas);
    paths[route.path] = path;
  }
  schemas.of(Problem, 'output');
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    info: {
      title: 'Muster',
      version: VERSION,
      summary: 'Fleets of cooperating agents in your own AWS account',
      description:
        'Errors are problem details (RFC 9457); `POST /api/v1/agents/execute` tells them inside its own envelope. ' +
        'Every answer carries `X-Request-ID`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [
      {
        url: SERVER,
        description: 'The output ApiUrl of the platform stack',
        variables: { api: { default: 'api' }, region: { default: 'eu-central-1' } },
      },
    ],
    tags: Object.entries(GROUPS).map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: schemas.all,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'See docs/guides/access.md' },
      },
      headers: {
        RequestId: { description: 'Of this request', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds until it is worth another try', schema: { type: 'integer' } },
      },
      responses: {
        Problem: {
          description: 'What is wrong, and what to do next',
          headers: { 'X-Request-ID': { $ref: '#/components/headers/RequestId' } },
          content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  };
}

function operationOf(operationId: string, route: ApiRoute, schemas: Schemas): JsonObject {
  const { summary, description, group, access, params, query, headers, body, answers } = route;
  const isPublic = access === 'public';
  const parameters = [
    ...parametersOf('path', params, schemas),
    ...parametersOf('query', query, schemas),
    ...parametersOf('header', headers, schemas),
    ...(isPublic ? [] : [TENANT]),
  ];
  return {
    ...{ operationId, summary, tags: [group] },
    ...(description !== undefined && { description }),
    ...(isPublic ? { security: [] } : { 'x-muster-access': { resource: access.resource, action: access.action } }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBodyOf(body, schemas) }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [
          status,
          answerOf(status, answer.description, answer.body, schemas),
        ]),
      ),
      ...errorsOf(route, schemas),
    },
  };
}

const TENANT: JsonObject = {
  name: 'X-Tenant',
  in: 'header',
  description: 'Whose things it is about; only a token of the platform names another tenant than its own',
  schema: { type: 'string' },
};

function answerOf(status: string, description: string, body: z.ZodType, schemas: Schemas): JsonObject {
  const isAccepted = status === '202';
  return {
    description,
    headers: {
      'X-Request-ID': { $ref: '#/components/headers/RequestId' },
      ...(isAccepted && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } }),
    },
    content: { 'application/json': { schema: schemas.of(body, 'output') } },
  };
}

/** The envelope has its errors inside; all others are problems. */
function errorsOf({ errors, answers }: ApiRoute, schemas: Schemas): JsonObject {
  const [first] = Object.values(answers);
  if (errors !== 'envelope' || !first) {
    return { '4XX': { $ref: '#/components/responses/Problem' }, '5XX': { $ref: '#/components/responses/Problem' } };
  }
  const content = { 'application/json': { schema: schemas.of(first.body, 'output') } };
  const headers = { 'X-Request-ID': { $ref: '#/components/headers/RequestId' } };
  return {
    '4XX': { description: '`error` says what is wrong', headers, content },
    '5XX': { description: '`error` says what went wrong', headers, content },
  };
}

function requestBodyOf(body: z.ZodType, schemas: Schemas): JsonObject {
  return {
    required: !body.safeParse(undefined).success,
    content: { 'application/json': { schema: schemas.of(body, 'input') } },
  };
}

function parametersOf(
  place: 'path' | 'query' | 'header',
  object: z.ZodObject | undefined,
  schemas: Schemas,
): JsonObject[] {
  if (!object) return [];
  return Object.entries(object.shape).map(([name, schema]) => {
    const field = schema as z.ZodType;
    const { description, ...said } = Object.assign({}, schemas.inline(field));
    return {
      name: place === 'header' ? headerName(name) : name,
      in: place,
      ...(typeof description === 'string' && { description }),
      required: place === 'path' || !field.safeParse(undefined).success,
      schema: said,
    };
  });
}

const SPELLED: Readonly<Record<string, string>> = {
  'x-request-id': 'X-Request-ID',
  'idempotency-key': 'Idempotency-Key',
};
const headerName = (name: string): string =>
  SPELLED[name] ?? name.replaceAll(/(^|-)[a-z]/g, (start) => start.toUpperCase());

/** The schemas that have a name of their own, once each; what is said of them elsewhere points there. */
class Schemas {
  readonly all: Record<string, JsonObject> = {};

  /** @param io what is sent may leave out what has a default */
  of(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
    const {
      $schema: _dialect,
      $defs = {},
      ...own
    } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' });
    for (const [name, definition] of Object.entries($defs)) this.#add(name, pointed(definition));
    const id = z.globalRegistry.get(schema)?.id;
    if (id === undefined || '$ref' in own) return pointed(own);
    const { id: _id, ...named } = pointed(own);
    return this.#add(id, named);
  }

  inline(schema: z.ZodType): JsonObject {
    return this.of(schema, 'input');
  }

  #add(name: string, schema: JsonObject): JsonObject {
    const { id: _id, ...said } = schema;
    this.all[name] ??= said;
    return { $ref: `#/components/schemas/${name}` };
  }
}

/** Where the named schemas lie in this document. */
function pointed(schema: object): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  return z.record(z.string(), Json).parse(JSON.parse(text));
}
