// What every view of the page is made of: elements, words and dates.

export const at = (id) => document.getElementById(id);

/** Makes an element with properties and children. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Tells the person how things stand, in sight and to screen readers. */
export function say(text) {
  at("status").textContent = text;
}

/** Writes a number to two decimals, or to three digits where that says more. */
export function figure(value) {
  return value.toLocaleString(undefined, { maximumFractionDigits: 2, maximumSignificantDigits: 3, roundingPriority: "morePrecision" });
}

/**
 * Writes the day of a FHIR date or of ms since the Unix epoch. A date without a time
 * is of no zone, and one that is less precise than a day is shown as it was written.
 */
export function day(date) {
  if (typeof date === "string" && date.length < "2020-01-01".length) return date;
  const timeZone = date.length === "2020-01-01".length ? "UTC" : undefined;
  return new Date(date).toLocaleDateString(undefined, { dateStyle: "medium", timeZone });
}

/** Says in plain words why a call failed. */
export function explain(error) {
  switch (error.code) {
    case "authorizationNotDetermined":
      return "Authorization not determined. Press Authorize first.";
    case "authorizationDenied":
      return "This app may not add this to your records. You can allow it in Keepwell, under Apps.";
    case "userCanceled":
      return "Keepwell was closed without an answer. Nothing was shared.";
    case "databaseInaccessible":
      return "Your records are locked. Unlock them in Keepwell and try again.";
    case "requiredAuthorizationDenied":
      return "This app needs more than was allowed.";
    case "quotaExceeded":
      return "There is no room left on this device.";
  }
  switch (error.reason) {
    case "popupBlocked":
      return "The browser did not open Keepwell's window. Allow pop-ups for this page and try again.";
    case "windowClosed":
      return "Keepwell's window was closed.";
    case "connectionLost":
      return "The connection to Keepwell was lost. Look in the list whether it was done.";
  }
  return error.message;
}
