import { describe, expect, test } from '@jest/globals';
import { clientSettings, s3Client } from '../../../lambdas/adapters/aws/clients.ts';
import { platformPorts } from '../../../lambdas/adapters/aws/platform-ports.ts';
import { ENV } from '../../../lambdas/contracts/environment.ts';

describe('the ports of a platform Lambda', () => {
  test('need nothing from the environment before they are used', () => {
    const ports = platformPorts({});
    expect(ports.clock.now()).toBeGreaterThan(0);
    expect(() => ports.coordinatorQueue()).toThrow(`${ENV.coordinatorQueue} is not set`);
  });

  test('name the variable that their stack forgot', () => {
    const ports = platformPorts({ AWS_REGION: 'us-east-1', [ENV.blobBucket]: 'blobs' });
    expect(() => ports.journal()).toThrow(`${ENV.stateTable} is not set`);
    expect(() => ports.heartbeats()).toThrow(`${ENV.stateTable} is not set`);
    expect(() => ports.resultCache()).toThrow(`${ENV.stateTable} is not set`);
    expect(() => ports.holds()).toThrow(`${ENV.registryTable} is not set`);
    expect(() => ports.parameters()).toThrow(`${ENV.registryTable} is not set`);
    expect(() => ports.breakers()).toThrow(`${ENV.registryTable} is not set`);
    expect(() => ports.claims()).toThrow(`${ENV.claimsTable} is not set`);
    expect(() => ports.lifecycle()).toThrow(`${ENV.lifecycleArn} is not set`);
  });

  test('are made once', () => {
    const ports = platformPorts({ AWS_REGION: 'us-east-1', [ENV.stateTable]: 's', [ENV.blobBucket]: 'b' });
    expect(ports.journal()).toBe(ports.journal());
    expect(ports.blobs()).toBe(ports.blobs());
    expect(ports.heartbeats()).toBe(ports.heartbeats());
  });
});

describe('the clients', () => {
  test('go where the environment says, S3 by path there', async () => {
    const settings = clientSettings({ AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' });
    expect(settings).toEqual({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:4566' });
    expect(s3Client(settings).config.forcePathStyle).toBe(true);
    expect(s3Client(clientSettings({ AWS_REGION: 'eu-west-1' })).config.forcePathStyle).toBe(false);
  });

  test('need a region', () => {
    expect(() => clientSettings({})).toThrow('AWS_REGION is not set');
  });
});
