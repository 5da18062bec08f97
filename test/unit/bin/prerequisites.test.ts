import { describe, expect, test } from '@jest/globals';
import { endpointOfThisMachine } from '../../../bin/local/emulator.ts';
import { findEmulatorHost, isAtLeast, type Probe } from '../../../bin/local/prerequisites.ts';

/** A machine on which only these commands answer. */
const machine =
  (answers: Record<string, string>): Probe =>
  async (command, args) =>
    answers[[command, ...args].join(' ')];
const VERSION = '-c import sys; print("%d.%d.%d" % sys.version_info[:3])';

describe('what the local cloud needs', () => {
  test('compares versions by number, not by text', () => {
    expect(isAtLeast('3.10.2', [3, 10])).toBe(true);
    expect(isAtLeast('3.9.18', [3, 10])).toBe(false);
    expect(isAtLeast('4.0.0', [3, 10])).toBe(true);
  });

  test('is a Python that is new enough and has venv', async () => {
    const probe = machine({ [`python3 ${VERSION}`]: '3.12.1', 'python3 -c import venv, ensurepip': '' });
    expect(await findEmulatorHost(probe)).toEqual({ kind: 'python', command: 'python3', version: '3.12.1' });
  });

  test('may be a newer Python beside one that is too old', async () => {
    const probe = machine({
      [`python3 ${VERSION}`]: '3.8.10',
      [`python3.11 ${VERSION}`]: '3.11.7',
      'python3.11 -c import venv, ensurepip': '',
    });
    expect(await findEmulatorHost(probe)).toMatchObject({ command: 'python3.11' });
  });

  test('is Docker where Python is missing', async () => {
    expect(await findEmulatorHost(machine({ 'docker info --format {{.ServerVersion}}': '27.1' }))).toEqual({
      kind: 'docker',
      version: '27.1',
    });
  });

  test('is named, with how to get it, when neither is there', async () => {
    const probe = machine({ [`python3 ${VERSION}`]: '3.11.7' });
    await expect(findEmulatorHost(probe)).rejects.toMatchObject({
      message: expect.stringContaining('python3 3.11.7 has no venv module'),
      next: expect.stringContaining('apt install python3 python3-venv'),
    });
  });
});

describe('AWS_ENDPOINT_URL', () => {
  test.each(['http://localhost:4566', 'http://127.0.0.1:4566/', 'http://[::1]:4566'])(
    'is used when it is %s',
    (url) => {
      expect(endpointOfThisMachine(url)).toBe(new URL(url).origin);
    },
  );

  test.each([
    'https://sqs.eu-central-1.amazonaws.com',
    'http://10.0.0.7:4566',
    'http://localhost.example.com',
    'not a url',
    '',
  ])('is ignored when it is %p', (url) => {
    expect(endpointOfThisMachine(url)).toBeUndefined();
  });
});
