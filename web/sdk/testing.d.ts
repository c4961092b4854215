// Types of testing.mjs: what a person does in Keepwell, for the tests of a portal.
// Everything rejects with an Error that says what did not happen in time; where
// Keepwell itself refused, the error has its code.
import type { TypeIdentifier } from "./keepwell.d.ts";

/** A page of any driver: those of Playwright and Puppeteer are. */
export interface Page {
  evaluate(f: (argument: any) => unknown, argument?: any): Promise<any>;
  /** Where a driver has it, it is called before a sheet is answered: the sheet must have the focus. */
  bringToFront?(): Promise<unknown>;
}

/** A portal's page, which tells of the windows that it opens. */
export interface PortalPage extends Page {
  once(event: "popup", listener: (window: any) => void): unknown;
}

export interface Patience {
  /** Milliseconds; 30,000 unless told. */
  timeout?: number;
}

export interface SheetAnswer extends Patience {
  /** Titles as they stand on the sheet, such as "Lab Results", that the portal may read. None unless told. */
  read?: string[] | "all";
  /** Titles of what it may add. None unless told. */
  share?: string[] | "all";
  /** Further choices by the beginning of their names: "Share automatically", "From the last year on". */
  choose?: string[];
}

/** What the sheet offered, by its titles and in its order. */
export interface Offered {
  read: string[];
  share: string[];
}

export interface ImportReport {
  added: number;
  replaced: number;
  unchanged: number;
  skipped: unknown[];
  [more: string]: unknown;
}

/** One line of the access log: what a portal did within a minute with one type. */
export interface Access {
  /** The first and the last call, in milliseconds since the Unix epoch. */
  when: number;
  until: number;
  origin: string;
  /** "read", "open" (the bytes of a record), "save", "delete", ... */
  operation: string;
  /** Absent for an object that the portal may not see. */
  type?: TypeIdentifier;
  calls: number;
  /** Objects that were given out, saved or deleted. */
  count: number;
  /** False where the portal got nothing because of what the person decided. */
  allowed: boolean;
}

/** An error of Keepwell's. */
export interface KeepwellError extends Error {
  /** One of the codes in docs/embedding.md. */
  code: string;
}

/**
 * Does what opens Keepwell's window in a portal, a click say, and resolves to the
 * window once it is ready. Only for the first time: a window that is open already is
 * found again by the portal, and none opens. act must not wait for an answer to the sheet.
 * Rejects as act does, and when no window opens.
 */
export function openKeepwell<P extends PortalPage>(portal: P, act: () => Promise<unknown>, patience?: Patience): Promise<P>;

/** Waits until a page of Keepwell, locked or not, has come up. */
export function ready(page: Page, patience?: Patience): Promise<void>;

/**
 * Loads the fictional person's records on a page of Keepwell, as its button does, and
 * resolves to how many of each type there are then. Rejects while the records are locked.
 */
export function loadSample(page: Page, patience?: Patience): Promise<Partial<Record<TypeIdentifier, number>>>;

/**
 * Imports files and resolves to Keepwell's report. What can't be read in them is in
 * report.skipped and no error. Rejects with `invalidArgument` for no files,
 * `databaseInaccessible` while the records are locked, `quotaExceeded`.
 */
export function importFiles(page: Page, files: { name: string; content: string | Uint8Array }[]): Promise<ImportReport>;

/**
 * Answers the consent sheet, all of its pages: turns on what is named and nothing else,
 * waits until the buttons count, and presses "Allow Selected", or "Don't Allow" on a page
 * of which nothing is named. Rejects when no sheet comes, when the window
 * can't have the focus, and, after answering, when a title was not offered.
 */
export function answerSheet(window: Page, answer?: SheetAnswer): Promise<Offered>;

/** Closes the sheet without an answer: the portal's asking rejects with `userCanceled`. */
export function cancelSheet(window: Page, patience?: Patience): Promise<void>;

/** Sets a passphrase, or another in its place. Rejects with `invalidArgument` for an empty one. */
export function setPassphrase(page: Page, passphrase: string): Promise<void>;

/** Locks the records in every tab; resolves when this page is there again, locked. Rejects with `invalidArgument` before a passphrase is set. */
export function lock(page: Page): Promise<void>;

/** Unlocks the records in this tab; each has to be unlocked. Rejects when the secret is not right. */
export function unlock(page: Page, secret: { passphrase: string } | { recoveryCode: string }): Promise<void>;

/** Takes back what the portal of an origin was granted: everything, or some types. Rejects with `invalidArgument` for one that never asked. */
export function revoke(page: Page, origin: string, types?: TypeIdentifier[]): Promise<void>;

/** What portals read, saved and deleted, newest first. It says how much each got and never what. Rejects with `databaseInaccessible` while the records are locked. */
export function accessLog(page: Page): Promise<Access[]>;
