import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** Names what a stack made for the command line and the console to find. */
export function addOutputs(scope: Construct, outputs: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(scope, name, { value });
}

/** `etl-extractor` → `EtlExtractor`. */
export const pascalCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
