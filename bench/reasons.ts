/** Why a kernel stays below 80 % of its roofline: the first pattern that fits the kernel's name, written by hand from measurements. */
export const REASONS: readonly (readonly [kernel: RegExp, reason: string])[] = [];

export const reasonFor = (kernel: string): string => REASONS.find(([pattern]) => pattern.test(kernel))?.[1] ?? "not analysed yet";
