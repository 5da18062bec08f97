import { StringDecoder } from 'node:string_decoder';
import * as z from 'zod';
import { DataError } from '../../../contracts/errors.ts';
import { Json, JsonObject } from '../../../contracts/json.ts';
import type { AgentContext } from '../../../runtime/agent.ts';
import { bytesOf, FileKey, filesOf, LARGEST_FILE } from '../files.ts';
import { AnsweredBy } from '../models/answered.ts';
import { StandardForm } from '../prepare/standard-form.ts';
import { readableOf } from '../prepare/structured.ts';
import { type Chunked, chunked } from './chunks.ts';
import { beginning, type Chunk, further, Running, told } from './running.ts';

/** The seed document's `input`: a text, a file's key, what `input.prepare` has made, or any JSON. */
export const StreamingInput = z.union([
  z.string(),
  z.strictObject({ file: FileKey, chunk_characters: z.number().int().min(100).max(200_000).optional() }),
  z.strictObject({ text: z.string(), chunk_characters: z.number().int().min(100).max(200_000).optional() }),
  z.strictObject({ document: StandardForm, chunk_characters: z.number().int().min(100).max(200_000).optional() }),
  z.strictObject({ data: Json }),
]);
export const StreamingResult = z.object({
  kind: z.enum(['table', 'text']),
  summary: z.string(),
  figures: z.record(z.string(), z.number()),
  running: JsonObject,
  unusual: Running.shape.unusual,
  answered_by: AnsweredBy,
});
export type StreamingResult = z.infer<typeof StreamingResult>;

const CHUNK_CHARACTERS = 8_192;
/** Chunks whose figures are remembered together: whoever goes on after a crash does at most these again. */
const CHUNKS_PER_STEP = 10;

/** Lets others have their turn between two chunks; tests let time pass there. */
export type BetweenChunks = (ctx: AgentContext) => Promise<void>;
const yieldOnce: BetweenChunks = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Analyses while it reads: after each chunk the figures so far are told to whoever follows. Every ten chunks are a step, so a
 * delivery after a crash goes on behind the last one that is on record.
 * @throws DataError `input_empty`, `input_too_large`, `input_unreadable`, `object_missing`
 */
export async function streamingAnalysis(
  input: z.output<typeof StreamingInput>,
  ctx: AgentContext,
  between: BetweenChunks = yieldOnce,
): Promise<StreamingResult> {
  const { columns, characters, chunks } = await open(input, ctx);
  let running = beginning(columns);
  let batch: Chunk[] = [];
  const flush = async (): Promise<void> => {
    const [first] = batch;
    if (!first) return;
    const [from, to] = [running.chunks + 1, running.chunks + batch.length];
    const known = running;
    const todo = batch;
    batch = [];
    running = Running.parse(
      await ctx.step(`chunks ${from} to ${to}`, async () => {
        let now = known;
        for (const chunk of todo) {
          ctx.signal.throwIfAborted();
          now = further(now, chunk);
          const share = characters > 0 ? Math.min(0.99, now.characters / characters) : 1 - 1 / (1 + now.chunks / 20);
          ctx.progress(share, `processing_chunk_${now.chunks}`, told(now));
          await between(ctx);
        }
        return now;
      }),
    );
  };
  for await (const chunk of chunks) {
    batch.push(chunk);
    if (batch.length === CHUNKS_PER_STEP) await flush();
  }
  await flush();
  if (running.characters === 0) throw new DataError('input_empty', 'there is nothing in it');
  return resultOf(running);
}

async function open(input: z.output<typeof StreamingInput>, ctx: AgentContext): Promise<Chunked> {
  if (typeof input === 'string') return chunked(onePiece(input), CHUNK_CHARACTERS, input.length);
  if ('data' in input) {
    const text = readableOf(input.data);
    return chunked(onePiece(text), CHUNK_CHARACTERS, text.length);
  }
  const size = input.chunk_characters ?? CHUNK_CHARACTERS;
  if ('file' in input) {
    const bytes = (await filesOf(ctx).list(input.file)).find(({ key }) => key === input.file)?.bytes ?? 0;
    return chunked(piecesOf(input.file, ctx), size, bytes);
  }
  const text = 'text' in input ? input.text : input.document.text;
  return chunked(onePiece(text), size, text.length);
}

async function* onePiece(text: string): AsyncGenerator<string> {
  if (text.trim() !== '') yield text;
}

async function* piecesOf(key: string, ctx: AgentContext): AsyncGenerator<string> {
  const decoder = new StringDecoder('utf8');
  for await (const bytes of bytesOf(filesOf(ctx), key, LARGEST_FILE)) yield decoder.write(bytes);
  yield decoder.end();
}

function resultOf(running: Running): StreamingResult {
  const isTable = running.columns.length > 0;
  const { chunks, characters, lines, words } = running;
  const means = Object.entries(running.numbers).map(([column, { mean }]) => [`mean_${column}`, mean] as const);
  const odd = running.unusual.length;
  const about = isTable
    ? `${running.columns.length} columns, ${means.length} of them numeric, ${odd} unusual values`
    : `${words} words`;
  return {
    kind: isTable ? 'table' : 'text',
    summary: `${chunks} chunks, ${characters} characters, ${lines} lines: ${about}`,
    figures: { chunks, characters, lines, words, ...Object.fromEntries(means.slice(0, 20)) },
    running: JsonObject.parse(told(running)),
    unusual: running.unusual,
    answered_by: { way: 'statistics', method: 'running figures over all chunks', why: 'figures are counted' },
  };
}
