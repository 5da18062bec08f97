/*
 * The worker is a realm of its own, so its clock and its dice can be replaced as a whole: $now, $millis, $toMillis,
 * $random and $shuffle all read them, and a replay gets the same answers.
 */

let clock = 0;
let state: [number, number, number, number] = [0, 0, 0, 0];

/** Four 32-bit numbers from a text (cyrb128), enough to start the generator from. */
function hash(text: string): [number, number, number, number] {
  let [a, b, c, d] = [1779033703, 3144134277, 1013904242, 2773480762];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    a = b ^ Math.imul(a ^ code, 597399067);
    b = c ^ Math.imul(b ^ code, 2869860233);
    c = d ^ Math.imul(c ^ code, 951274213);
    d = a ^ Math.imul(d ^ code, 2716044179);
  }
  return [a ^ b ^ c ^ d, b ^ a, c ^ a, d ^ a];
}

/** sfc32: 0 ≤ x < 1. */
export function random(): number {
  let [a, b, c, d] = state;
  const sum = (((a + b) | 0) + d) | 0;
  d = (d + 1) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = (((c << 21) | (c >>> 11)) + sum) | 0;
  state = [a, b, c, d];
  return (sum >>> 0) / 4_294_967_296;
}

/** A Date that always says what {@link setDeterminism} was last told. */
export function steadyDate(RealDate: DateConstructor): DateConstructor {
  return new Proxy(RealDate, {
    construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [clock] : args, newTarget),
    apply: () => new RealDate(clock).toString(),
    get: (target, key, receiver) => (key === 'now' ? () => clock : Reflect.get(target, key, receiver)),
  });
}

/** Replaces this thread's clock and dice. Only for a worker that does nothing else. */
export function installDeterminism(): void {
  globalThis.Date = steadyDate(Date);
  Math.random = random;
}

/** Sets them for the next expression. */
export function setDeterminism(now: number, seed: string): void {
  clock = now;
  state = hash(seed);
  for (let warmUp = 0; warmUp < 12; warmUp++) random();
}
