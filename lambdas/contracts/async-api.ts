import * as z from 'zod';
import { BUS_EVENTS } from './bus-events.ts';
import { Header } from './envelope.ts';
import { JsonObject } from './json.ts';
import { MESSAGE_SCHEMAS } from './messages.ts';
import { CLIENT_FRAMES, SERVER_FRAMES } from './stream.ts';

type Schema = Readonly<Record<string, unknown>>;
type Schemas = Readonly<Record<string, z.ZodType>>;

/** What each frame is for. */
const FRAMES: Readonly<Record<keyof typeof CLIENT_FRAMES | keyof typeof SERVER_FRAMES, string>> = {
  connection_init: 'Says who it is. The first frame of every connection.',
  start:
    'Has a task done and follows it, or follows a run, an agent or the figures. Said again with `after`, it goes on.',
  stop: 'Follows it no longer. What was started goes on.',
  ping: 'Asks how far everything has come that is followed; at least each five minutes, or the line is closed.',
  connection_ack: 'The token is good, and for how long.',
  start_ack: 'It is followed. What comes after `after` is sent next.',
  data: 'How it stands.',
  complete: 'It has ended, and what came of it.',
  error: 'It has ended without success, or was refused.',
  pong: 'How far everything has come: who has less has missed something.',
  connection_closing: 'The connection is closed next, and why.',
};

/**
 * Everything that travels by message, as an AsyncAPI 3.0 document: the frames of the WebSocket API, the events on the bus and
 * the messages in the queues. Made from the schemas that check them.
 */
export function asyncApiDocument(): JsonObject {
  const events = messagesOf(BUS_EVENTS, (name) => `The \`detail\` of an event with the \`detail-type\` "${name}".`);
  const queued = messagesOf(MESSAGE_SCHEMAS, (name) => `The payload of a message with the \`message_type\` "${name}".`);
  const client = messagesOf(CLIENT_FRAMES, (name) => FRAMES[name]);
  const server = messagesOf(SERVER_FRAMES, (name) => FRAMES[name]);
  const envelope = { headers: schemaOf(Header) };
  return JsonObject.parse({
    asyncapi: '3.0.0',
    info: {
      title: 'Muster',
      version: '1.0.0',
      description:
        'What travels between clients, agents and the platform. docs/guides/streaming.md tells of the WebSocket.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      stream: { host: '{api}.execute-api.{region}.amazonaws.com', pathname: '/v1', protocol: 'wss', ...STREAM_PLACE },
    },
    channels: {
      stream: {
        address: '/',
        description: 'One connection, which follows any number of runs, agents and figures.',
        servers: [{ $ref: '#/servers/stream' }],
        messages: { ...refs('client', client), ...refs('server', server) },
      },
      bus: {
        address: 'bus',
        description: 'The EventBridge bus of the deployment; the source says who speaks.',
        messages: refs('event', events),
      },
      queues: {
        address: 'queues',
        description: "The coordinator's queue and the inboxes of agents.",
        messages: refs('message', queued),
      },
    },
    operations: {
      say: operation('receive', 'stream', 'client', client, 'What a client says'),
      hear: operation('send', 'stream', 'server', server, 'What a client hears'),
      publish: operation('send', 'bus', 'event', events, 'What the platform and agents tell whoever listens'),
      work: operation('receive', 'queues', 'message', queued, 'How coordinator and agents work together'),
    },
    components: {
      messages: {
        ...named('client', client),
        ...named('server', server),
        ...named('event', events),
        ...named('message', queued, envelope),
      },
    },
  });
}

const STREAM_PLACE = {
  variables: {
    api: { description: 'The id of the API: the output `StreamUrl` of the platform stack has the whole address' },
    region: { default: 'us-east-1' },
  },
} as const;

interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: Schema;
}

function messagesOf<N extends string>(
  schemas: Readonly<Record<N, z.ZodType>>,
  summaryOf: (name: N) => string,
): Message[] {
  const names = Object.keys(schemas).filter((name): name is N => name in schemas);
  return names.map((name) => ({
    name,
    summary: summaryOf(name),
    payload: schemaOf((schemas as Schemas)[name] ?? z.never()),
  }));
}

function schemaOf(schema: z.ZodType): Schema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', target: 'draft-7' });
  return json;
}

const keyOf = (kind: string, { name }: Message): string => `${kind}_${name}`;

function refs(kind: string, messages: readonly Message[]): Schema {
  return Object.fromEntries(
    messages.map((message) => [keyOf(kind, message), { $ref: `#/components/messages/${keyOf(kind, message)}` }]),
  );
}

function named(kind: string, messages: readonly Message[], more: Schema = {}): Schema {
  return Object.fromEntries(
    messages.map(({ name, summary, payload }) => [`${kind}_${name}`, { name, summary, payload, ...more }]),
  );
}

function operation(
  action: 'send' | 'receive',
  channel: string,
  kind: string,
  messages: readonly Message[],
  summary: string,
): Schema {
  return {
    action,
    summary,
    channel: { $ref: `#/channels/${channel}` },
    messages: messages.map((message) => ({ $ref: `#/channels/${channel}/messages/${keyOf(kind, message)}` })),
  };
}
