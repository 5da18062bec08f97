import { describe, expect, test } from '@jest/globals';
import { eventAnswer, requestOfEvent } from '../../../../lambdas/platform/api/gateway-event.ts';

const event = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/api/v1/workflows',
  rawQueryString: 'limit=2&cursor=a%20b',
  headers: { Authorization: 'Bearer x', 'X-Request-ID': 'r-1' },
  requestContext: { stage: '$default', http: { method: 'get', sourceIp: '192.0.2.7', path: '/api/v1/workflows' } },
  isBase64Encoded: false,
};

describe('an event of API Gateway', () => {
  test('is read with its headers in lower case, its query as it was, and its body as bytes', () => {
    expect(requestOfEvent(event)).toEqual({
      method: 'GET',
      path: '/api/v1/workflows',
      query: 'limit=2&cursor=a%20b',
      headers: { authorization: 'Bearer x', 'x-request-id': 'r-1' },
      body: Buffer.from(''),
      source: '192.0.2.7',
    });
    const { body } = requestOfEvent({
      ...event,
      body: Buffer.from('{"ü":1}').toString('base64'),
      isBase64Encoded: true,
    });
    expect(new TextDecoder().decode(body)).toBe('{"ü":1}');
  });

  test('of a stage with a name has that name before its path, and loses it once', () => {
    const staged = (rawPath: string) =>
      requestOfEvent({ ...event, rawPath, requestContext: { ...event.requestContext, stage: 'local' } }).path;
    expect(staged('/local/api/v1/health')).toBe('/api/v1/health');
    expect(staged('/localized/x')).toBe('/localized/x');
    expect(staged('/api/v1/health')).toBe('/api/v1/health');
  });

  test('whose body was no UTF-8 is told so, though API Gateway has made a text of it', () => {
    const { body } = requestOfEvent({ ...event, body: '{"a":"b\ufffdc"}' });
    expect(() => new TextDecoder('utf-8', { fatal: true }).decode(body)).toThrow();
    expect(body).toEqual(Buffer.concat([Buffer.from('{"a":"b'), Buffer.from([0xff]), Buffer.from('c"}')]));
  });

  test('that is none is refused', () => {
    expect(() => requestOfEvent({ Records: [] })).toThrow();
    expect(eventAnswer({ status: 204, headers: { a: 'b' }, body: '' })).toEqual({
      ...{ statusCode: 204, headers: { a: 'b' }, body: '', isBase64Encoded: false },
    });
  });
});
