// What this device keeps of a sitting: answers that are not with the server yet, what was given, and by which clock.

export type Answer = Record<string, unknown> | null;
/** One answer on its way. `loose`: given while this device could only reckon what the server's clock says. */
export interface Sent { key: string; line: number; answer: Answer; at: number; loose?: boolean }
export interface Noticed { kind: string; at: number; seconds?: number }
export interface Local {
  pending: Sent[]; log: Noticed[]; unsure: number[]; given: Record<string, Answer>; handing: boolean;
  /** The end, and how many answers the server held, as it said last. */
  ends: number; changes: number;
  /** The server's clock beside this device's, as last seen. */
  clock: { server: number; wall: number };
}
/** What the page asks the worker to keep. */
export interface Keep { id: string; files: string[] }

export const BUFFER = "kd-exam-";
export const KEPT = "kd-sit-";

/** This device's running time; while the browser runs, setting the date does not move it. */
export const wall = (): number => performance.timeOrigin + performance.now();

/** What the server's clock may say now: never earlier than it was last seen, however this device's date was set. */
export const reckoned = (kept: Local): number => kept.clock.server + Math.max(0, wall() - kept.clock.wall);

/** The server's clock is known again, `drift` later than was reckoned: what was given meanwhile was given so much later.
 *  Never earlier: by a date that was set nobody gains time. */
export function settle(pending: Sent[], drift: number): void {
  for (const one of pending) {
    if (one.loose && drift > 0) one.at = Math.round(one.at + drift);
    delete one.loose;
  }
}
