import { describe, expect, test } from '@jest/globals';
import { checkIdentity, readRoles } from '../../../../lambdas/platform/coordinator/identity.ts';

const roleOf = (sender: string): string | undefined => ({ intake: 'AROAINTAKE', worker: 'AROAWORKER' })[sender];

describe('the identity of a sender', () => {
  test('is the IAM role that SQS saw, and it must be the one of the name in the header', () => {
    expect(() => checkIdentity('worker', 'AROAWORKER:worker-function', roleOf)).not.toThrow();
    expect(() => checkIdentity('worker', 'AROAINTAKE:intake-function', roleOf)).toThrow('which is not its own');
    expect(() => checkIdentity('intake', 'AROAWORKER:worker-function', roleOf)).toThrow(
      expect.objectContaining({ code: 'identity_mismatch' }),
    );
  });

  test('is not held against a name where SQS names no role, as on the local cloud', () => {
    expect(() => checkIdentity('worker', '000000000000', roleOf)).not.toThrow();
  });

  test('comes from the environment, and nonsense there is an error', () => {
    expect(readRoles(undefined)).toEqual({});
    expect(readRoles('{"intake":"AROAINTAKE"}')).toEqual({ intake: 'AROAINTAKE' });
    expect(() => readRoles('{"intake": 1}')).toThrow();
  });
});
