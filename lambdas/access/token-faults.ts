import { errors } from 'jose';

/** Why a token counts for nothing. Told to who presents it only as far as an honest client can use it. */
export type TokenFault =
  | 'token_missing'
  | 'token_malformed'
  | 'header_refused'
  | 'type_refused'
  | 'algorithm_refused'
  | 'key_unknown'
  | 'issuer_unknown'
  | 'audience_wrong'
  | 'signature_invalid'
  | 'token_expired'
  | 'token_not_yet_valid'
  | 'token_too_old'
  | 'claims_refused'
  | 'agent_quarantined'
  | 'token_revoked';

/** A token is not what it should be; the message is for the audit and the operator. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly fault: TokenFault;
  constructor(fault: TokenFault, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** What the library found, in our words. Undefined: something else went wrong, which says nothing about the token. */
export function refusalOf(thrown: unknown): TokenRefused | undefined {
  if (thrown instanceof TokenRefused) return thrown;
  if (thrown instanceof errors.JWTExpired) {
    const old = thrown.claim === 'iat';
    return new TokenRefused(
      old ? 'token_too_old' : 'token_expired',
      old ? 'it was issued too long ago' : 'it has ended',
    );
  }
  if (thrown instanceof errors.JWTClaimValidationFailed) return ofClaim(thrown.claim, thrown.reason);
  if (thrown instanceof errors.JWSSignatureVerificationFailed)
    return new TokenRefused('signature_invalid', 'the signature is of another key or of another text');
  if (thrown instanceof errors.JOSEAlgNotAllowed || thrown instanceof errors.JOSENotSupported)
    return new TokenRefused('algorithm_refused', 'it is not signed in a way that is accepted here');
  if (thrown instanceof errors.JOSEError) return new TokenRefused('token_malformed', 'it is not a signed token');
  return undefined;
}

function ofClaim(claim: string, reason: string): TokenRefused {
  const said = `claim "${claim}": ${reason}`;
  if (claim === 'aud') return new TokenRefused('audience_wrong', said);
  if (claim === 'iss') return new TokenRefused('issuer_unknown', said);
  if ((claim === 'nbf' || claim === 'iat') && reason === 'check_failed')
    return new TokenRefused('token_not_yet_valid', said);
  return new TokenRefused('claims_refused', said);
}
