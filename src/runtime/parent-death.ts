import koffi from "koffi";

/** Of linux/prctl.h: the signal that a process gets when its parent dies. */
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/**
 * Ends this process as soon as its parent dies, be it in an endless loop of native code, which no event of JavaScript ends. Linux only; elsewhere nothing.
 * `parent`: its process id, for it may be gone already.
 */
export function endWithParent(parent: number): void {
  if (process.platform !== "linux") return;
  const prctl = koffi.load(null).func("int prctl(int option, unsigned long argument)");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (process.ppid !== parent) process.exit(0);
}
