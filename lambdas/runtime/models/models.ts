import { DataError, NonRecoverableError } from '../../contracts/errors.ts';
import { chainOf } from '../../contracts/model-settings.ts';
import type { Model, ModelAnswer, ModelRequest } from '../model.ts';
import type { AtPaidWork, PaidAbility } from '../open-abilities.ts';
import { converse } from './converse.ts';
import { embedAll, packVectors, unpackVectors } from './embed.ts';
import { createEndpoint, type Endpoint, type ModelPorts } from './endpoint.ts';
import { Unavailable } from './errors.ts';
import { type AskedFor, type Chain, generate } from './generate.ts';
import { createRelay } from './stream.ts';
import { outputInvalid, readObject, repairRequest, schemaFor } from './structured.ts';
import { answerIn, isFromOutside, markAnswer, markAsItComes, markConversed } from './tainted-answers.ts';

/** `ctx.model`. Make it once per container: pools, breakers and connections outlive an attempt. */
export function createModels(ports: ModelPorts): PaidAbility<(name: string) => Model> {
  const endpoints = new Map<string, Endpoint>();

  function endpointOf(name: string): Endpoint {
    const known = endpoints.get(name);
    if (known) return known;
    const settings = Object.hasOwn(ports.models, name) ? ports.models[name] : undefined;
    if (!settings) throw notConfigured(name);
    const endpoint = createEndpoint(name, settings, ports);
    endpoints.set(name, endpoint);
    return endpoint;
  }

  return (work) => (name) => {
    if (!work.manifest.uses.models.includes(name)) throw notDeclared(work, name);
    const chain = chainOf(ports.models, name).map((member) => endpointOf(member ?? name));
    const [first, ...rest] = chain;
    if (!first) throw notConfigured(name);
    return modelOf([first, ...rest], work, ports);
  };
}

function modelOf(chain: Chain, work: AtPaidWork, ports: ModelPorts): Model {
  const { name, settings } = chain[0];
  const mustBe = (kind: typeof settings.kind): void => {
    if (settings.kind !== kind)
      throw new DataError('wrong_kind_of_model', `${name} is configured for ${settings.kind}, not for ${kind}`);
  };
  const ask = (label: string, request: ModelRequest, more?: AskedFor): Promise<ModelAnswer> =>
    answerIn(work, label, request, () => {
      mustBe('chat');
      return finalIfSpare(work, generate(chain, work, ports, request, more));
    });

  return {
    generate: (request) => ask(name, request),

    stream(request) {
      const mark = markAsItComes(work, isFromOutside(work, request));
      const tokens = ports.tokens?.(work);
      const relay = createRelay((piece) => {
        mark(piece);
        tokens?.text(piece);
      });
      const { exchange, mayRetry } = relay;
      const asked = ask(name, request, { exchange, mayRetry });
      // Before the attempt ends, so that a container that is frozen then holds nothing back.
      const made = tokens ? asked.finally(() => tokens.end()) : asked;
      // Whoever never reads on learns nothing of how it ended; the operation keeps its record all the same.
      made.catch(() => {});
      return relay.parts(made);
    },

    async object(request, schema) {
      const more = { schema: schemaFor(schema) };
      // One operation around both: the second call has its place inside of it, whatever else goes on meanwhile.
      const made = await work.operation('model', `${name} object`, async () => {
        const first = await ask(name, request, more);
        const read = readObject(first, schema);
        if (read.ok) return first;
        const second = await ask(`${name} repair`, repairRequest(request, first, read.problem), more);
        const again = readObject(second, schema);
        if (!again.ok) throw outputInvalid(second, again.problem);
        return { ...second, usd: first.usd + second.usd };
      });
      const read = readObject(made, schema);
      if (!read.ok) throw outputInvalid(made, read.problem);
      markAnswer(work, made, read.object);
      return { object: read.object, answer: made };
    },

    async embed(texts) {
      if (texts.length === 0) return [];
      const packed = await work.operation('model', `${name} embed`, async () => {
        mustBe('embedding');
        return packVectors(await finalIfSpare(work, embedAll(chain, work, ports, texts)));
      });
      return unpackVectors(packed);
    },

    async converse(conversation) {
      const conversed = await work.operation('model', `${name} converse`, () =>
        converse(conversation, (turn, request) => ask(`${name} turn ${turn}`, request)),
      );
      markConversed(work, conversed);
      return conversed;
    },
  };
}

/** For an agent that has another way, a provider that is down is an answer like others: it goes on without, and remembers that. */
async function finalIfSpare<T>({ manifest }: AtPaidWork, made: Promise<T>): Promise<T> {
  try {
    return await made;
  } catch (error) {
    if (manifest.uses.worksWithoutModels && error instanceof Unavailable && error.code === 'model_unavailable')
      throw new NonRecoverableError(error.code, error.message);
    throw error;
  }
}

function notDeclared({ manifest }: AtPaidWork, name: string): DataError {
  return new DataError(
    'model_not_declared',
    `${manifest.name} does not declare the model ${name}: add it to uses.models of its manifest.ts`,
  );
}

function notConfigured(name: string): DataError {
  return new DataError(
    'model_not_configured',
    `this deployment has no model ${name}: add it to \`models\` of its configuration (docs/guides/models.md)`,
  );
}
