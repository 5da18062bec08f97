import type { ModelAnswer, ModelPart } from '../model.ts';
import { Unavailable } from './errors.ts';
import type { Exchange } from './generate.ts';

/** Passes an answer's pieces on while the operation that makes it is under way. */
export interface Relay {
  readonly exchange: Exchange;
  /** False as soon as a piece is out: what was read can't be taken back. */
  readonly mayRetry: () => boolean;
  /** The pieces, then the end; throws what the operation throws. A recorded answer is one piece. */
  parts(answer: Promise<ModelAnswer>): AsyncGenerator<ModelPart, void>;
}

/** @param onText hears each piece before anybody else */
export function createRelay(onText: (piece: string) => void): Relay {
  const pieces: string[] = [];
  let isOut = false;
  let wake = Promise.withResolvers<void>();

  return {
    mayRetry: () => !isOut,
    async exchange({ provider }, request, signal) {
      for await (const part of provider.stream(request, signal)) {
        if (part.type === 'end') return part.answer;
        if (part.text === '') continue;
        isOut = true;
        onText(part.text);
        pieces.push(part.text);
        wake.resolve();
      }
      throw new Unavailable('model_stream_broken', 'the stream ended without an end', true);
    },
    async *parts(answer) {
      let ended = false;
      const over = answer.finally(() => {
        ended = true;
        wake.resolve();
      });
      // It is awaited below; here it only must not count as unhandled while the pieces are read.
      over.catch(() => {});
      for (;;) {
        for (let text = pieces.shift(); text !== undefined; text = pieces.shift()) yield { type: 'text', text };
        if (ended) break;
        await wake.promise;
        wake = Promise.withResolvers();
      }
      const whole = await over;
      if (!isOut && whole.text !== '') yield { type: 'text', text: whole.text };
      yield { type: 'end', answer: whole };
    },
  };
}
