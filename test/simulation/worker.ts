import { parentPort } from 'node:worker_threads';
import { type Block, playBlock } from './play-block.ts';

// Most errors here are injected: nobody reads where they came from.
Error.stackTraceLimit = 0;

/** One core's share of the histories: plays the blocks that it is sent, one after another. */
parentPort?.on('message', (block: Block) => {
  void playBlock(block).then((report) => parentPort?.postMessage(report));
});
