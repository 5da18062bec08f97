import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnAlias, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { ENV } from '../../lambdas/contracts/environment.ts';
import type { Manifest } from '../../lambdas/contracts/manifest.ts';
import { doorOfAgent } from '../../lambdas/contracts/memory.ts';

export interface MemoryReach {
  /** The only one that reads and writes memories. */
  readonly memory: IFunction;
}

const remembers = ({ uses }: Manifest): boolean => Object.keys(uses.memory).length > 0;

/** An alias of the memory Lambda that is this caller's alone: the function is told which one it was called by. */
export function memoryDoor(scope: Construct, memory: IFunction, door: string): CfnAlias {
  return new CfnAlias(scope, 'MemoryDoor', {
    functionName: memory.functionName,
    functionVersion: '$LATEST',
    name: door,
    description: `The way of ${door} to its memories`,
  });
}

/** Through its own door, and no other. */
export function memoryStatements(scope: Construct, manifest: Manifest, { memory }: MemoryReach): PolicyStatement[] {
  if (!remembers(manifest)) return [];
  const door = doorOfAgent(manifest.name);
  memoryDoor(scope, memory, door);
  const resource = `${memory.functionName}:${door}`;
  return [
    new PolicyStatement({
      actions: ['lambda:InvokeFunction'],
      resources: [
        `arn:${Stack.of(scope).partition}:lambda:${Stack.of(scope).region}:${Stack.of(scope).account}:function:${resource}`,
      ],
    }),
  ];
}

export function memoryEnvironment(manifest: Manifest, { memory }: MemoryReach): Record<string, string> {
  return remembers(manifest) ? { [ENV.memoryFunction]: memory.functionName } : {};
}
