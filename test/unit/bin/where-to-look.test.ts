import { describe, expect, test } from '@jest/globals';
import { apiUrlOf, streamUrlOf } from '../../../bin/cloud/api-url.ts';
import { whereToLook } from '../../../bin/views/where-to-look.ts';

const outputs = {
  ApiId: 'ab12',
  ApiUrl: 'https://ab12.execute-api.eu-central-1.amazonaws.com',
  StreamApi: 'cd34/v1',
  StreamUrl: 'wss://cd34.execute-api.eu-central-1.amazonaws.com/v1',
};

describe('where the API is', () => {
  test('is under the address of the emulator, or where AWS has put it', () => {
    const settings = { endpoint: 'http://127.0.0.1:4566/' };
    expect(apiUrlOf({ outputs, settings })).toBe('http://127.0.0.1:4566/_aws/execute-api/ab12/$default');
    expect(apiUrlOf({ outputs, settings: {} })).toBe(outputs.ApiUrl);
    expect(apiUrlOf({ outputs: {}, settings })).toBeUndefined();
  });

  test('is the same for the WebSocket', () => {
    const settings = { endpoint: 'http://127.0.0.1:4566/' };
    expect(streamUrlOf({ outputs, settings })).toBe('ws://127.0.0.1:4566/_aws/execute-api/cd34/v1');
    expect(streamUrlOf({ outputs, settings: {} })).toBe(outputs.StreamUrl);
    expect(streamUrlOf({ outputs: {}, settings })).toBeUndefined();
  });

  test('stands at the end of a start, with how to get a token', () => {
    const text = whereToLook({ stage: 'prod', outputs, settings: {} }, `run_${'0'.repeat(40)}`);
    expect(text).toContain(`${outputs.ApiUrl}/openapi.json`);
    expect(text).toContain(outputs.StreamUrl);
    expect(text).toContain('npx muster token --role operator');
  });
});
