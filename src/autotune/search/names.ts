/** Names of the strategies, the default first. */
export const STRATEGIES = ["model", "evolutionary", "random", "grid"] as const;
export type StrategyName = (typeof STRATEGIES)[number];
