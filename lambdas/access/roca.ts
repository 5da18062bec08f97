/**
 * Primes whose residues show how the faulty generator of Infineon's chips built its moduli: all of them are powers of 65537
 * modulo each of these (CVE-2017-15361; Nemec et al., "The Return of Coppersmith's Attack", 2017).
 */
const PRIMES = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

const POWERS = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * 65_537) % prime) powers.add(power);
  return { prime: BigInt(prime), powers };
});

/** Whether an RSA modulus bears that mark: its private key can be computed. By chance one in a hundred million does. */
export const hasRocaFingerprint = (modulus: bigint): boolean =>
  POWERS.every(({ prime, powers }) => powers.has(Number(modulus % prime)));
