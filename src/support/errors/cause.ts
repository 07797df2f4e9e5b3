/** Why an error comes up, and what to do about it. Whole sentences in plain English. */
export type CauseAndCure = readonly [cause: string, cure: string];
