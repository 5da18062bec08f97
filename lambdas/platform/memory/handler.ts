import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { memoryPorts } from '../../adapters/aws/memory-ports.ts';
import { callerOf } from './caller-of.ts';
import { createMemory } from './memory.ts';

const serve = createMemory(memoryPorts());

/** Invoked by agents and people, each through their own alias, and without one by a schedule. */
export const handler = middy<unknown, unknown>().handler((event: unknown, { invokedFunctionArn }: Context) =>
  serve(callerOf(invokedFunctionArn), event),
);
