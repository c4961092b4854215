// Everything that the store keeps in IndexedDB, as another program would read it.

/** Every key of the store with its value in base64. */
export function dump(page) {
  return page.evaluate(() => new Promise((done, failed) => {
    const opening = indexedDB.open("keepwell");
    opening.onerror = () => failed(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const store = database.transaction("values").objectStore("values");
      const keys = store.getAllKeys(), values = store.getAll();
      store.transaction.oncomplete = () => {
        database.close();
        const base64 = (bytes) => {
          let text = "";
          for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
          return btoa(text);
        };
        done(Object.fromEntries(keys.result.map((key, i) => [key, base64(values.result[i])])));
      };
    };
  }));
}
