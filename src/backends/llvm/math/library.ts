import type { ModuleParts } from "../emit/body.js";

export function mathFunction(module: ModuleParts, fn: string, t: "f32" | "f64", lanes: number): string {
  throw new Error(`internal error: no ${fn} of ${t} x ${lanes} in ${module.arch}`);
}
