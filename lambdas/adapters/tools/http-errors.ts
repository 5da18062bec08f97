import { isNativeError } from 'node:util/types';
import { MusterError, NonRecoverableError, SystemError } from '../../contracts/errors.ts';
import { NotDone } from '../../runtime/tools/errors.ts';
import { ForbiddenAddress } from './pinned-lookup.ts';

export const urlNotAllowed = (why: string): NonRecoverableError =>
  new NonRecoverableError(
    'url_not_allowed',
    `${why}. Hosts that tools may reach are named in reaches.hosts of manifest.ts`,
  );

export const requestRefused = (why: string): NonRecoverableError =>
  new NonRecoverableError('http_request_refused', why.slice(0, 2_000));

export const answerRefused = (why: string): NonRecoverableError =>
  new NonRecoverableError('http_answer_refused', why.slice(0, 2_000));

const CODE = 'http_unavailable';

/** Nothing was sent, for whatever reason. */
export const notSent = (host: string, why: string, cause?: unknown): NotDone =>
  new NotDone(CODE, `${host} can't be reached: ${why}`.slice(0, 2_000), { class: 'system', cause });

/** It never came to be sent: its time was over, or all clients were taken. */
export const unasked = (who: string, reason: unknown): NotDone =>
  reason instanceof MusterError
    ? new NotDone(reason.code, `${who} was not asked: ${reason.message}`.slice(0, 2_000), { cause: reason })
    : notSent(who, String(reason), reason);

export const mayBeDone = ({ message }: NotDone): SystemError => new SystemError(CODE, message);

/** What a failed exchange means. */
export function httpFailure(host: string, error: unknown): Error {
  if (error instanceof ForbiddenAddress) return urlNotAllowed(`${error.message}, which is not of the public internet`);
  if (!isNativeError(error)) return new SystemError(CODE, `${host}: ${String(error)}`.slice(0, 2_000));
  if (wasUnsent(error)) return notSent(host, error.message || codeOf(error), error);
  const message = `${host} did not answer: ${error.message}`.slice(0, 2_000);
  return new SystemError(CODE, message, { host }, { cause: error });
}

/** It failed before there was a connection to send anything on. */
function wasUnsent(error: Error): boolean {
  // Of several addresses of one host, all have failed.
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0)
    return error.errors.every((one) => isNativeError(one) && wasUnsent(one));
  const syscall = 'syscall' in error ? error.syscall : undefined;
  return (
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    /^(ERR_TLS_CERT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(codeOf(error))
  );
}

const codeOf = (error: Error): string => ('code' in error ? String(error.code) : '');
