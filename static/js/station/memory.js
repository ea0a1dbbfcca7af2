// What a post remembers through a network cut: who may have what, and the scans that wait. Only opaque codes; encrypted with
// a key that never leaves this browser and that nothing can read out of it; erased when the session ends or on signing out.
const base = "station";
const text = new TextEncoder();
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (digits) => Uint8Array.from(digits.match(/../g), (pair) => parseInt(pair, 16));
const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const opened = async () => {
  const request = indexedDB.open(base, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("posts"); // by address: the keys, and what is remembered, encrypted
    request.result.createObjectStore("scans", { keyPath: "order", autoIncrement: true });
  };
  const db = await settled(request);
  db.onversionchange = () => db.close(); // erased: from another page too
  return db;
};

// Crockford's base 32, as portal/kernel/values/references.py reads it.
const symbols = (value) => value.normalize("NFKC").replace(/[\s\-.·_]+/g, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");

export class Memory {
  constructor(db, post) {
    Object.assign(this, { db, post });
  }

  // The post of this address: as kept here, renewed when `fetched` (the server's JSON) is given; null when there is nothing.
  static async of(address, fetched = null) {
    const db = await opened();
    const kept = await settled(db.transaction("posts").objectStore("posts").get(address));
    if (!fetched) return kept ? new Memory(db, { ...kept, address }).read() : null;
    const post = {
      address,
      box: kept?.box ?? (await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])),
      seal: await crypto.subtle.importKey("raw", bytes(fetched.key), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
    };
    const memory = new Memory(db, post);
    const { key, ...rest } = fetched;
    memory.known = rest;
    await memory.write();
    return memory;
  }

  async encrypted(value) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.post.box, text.encode(JSON.stringify(value))) };
  }

  async plain({ iv, sealed }) {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, this.post.box, sealed)));
  }

  async read() {
    this.known = await this.plain(this.post.known);
    return this;
  }

  async write() {
    this.post.known = await this.encrypted(this.known);
    const { address, ...post } = this.post;
    await settled(this.db.transaction("posts", "readwrite").objectStore("posts").put(post, address));
  }

  // The scans of this post that wait, in the order in which they were made.
  async waiting() {
    const rows = await settled(this.db.transaction("scans").objectStore("scans").getAll());
    return rows.filter((row) => row.address === this.post.address);
  }

  async sheets() {
    return Promise.all((await this.waiting()).map((row) => this.plain(row)));
  }

  async forget(keys) {
    const rows = await this.waiting();
    const scans = this.db.transaction("scans", "readwrite").objectStore("scans");
    await Promise.all(rows.filter((row) => keys.includes(row.key)).map((row) => settled(scans.delete(row.order))));
  }

  async keep(sheet) {
    const signed = [sheet.key, sheet.code, sheet.tag, sheet.at].join("\n");
    const seal = hex(await crypto.subtle.sign("HMAC", this.post.seal, text.encode(signed)));
    const row = { address: this.post.address, key: sheet.key, ...(await this.encrypted({ ...sheet, seal })) };
    await settled(this.db.transaction("scans", "readwrite").objectStore("scans").add(row));
  }

  async hashed(tag) {
    return hex(await crypto.subtle.digest("SHA-256", text.encode(this.known.salt + tag))).slice(0, 16);
  }

  // What this post can say by itself: the word of a verdict (the page has its sentences) and what waits for the other half.
  async decide(value, key, held) {
    const { students, devices, workshop } = this.known;
    const code = symbols(value);
    const tag = value.toUpperCase();
    const sort = code in students ? "student" : devices.includes(await this.hashed(tag)) ? "device" : null;
    if (!sort) return { word: "unknown", held };
    if (workshop === "sleeve") return this.sleeve(sort, code, key);
    return this.device(sort === "student" ? { code, tag: held.tag } : { code: held.code, tag }, key);
  }

  async sleeve(sort, code, key) {
    if (sort === "device") return { word: "unknown" };
    const state = this.known.students[code];
    if (state !== "ready") return { word: state, code };
    this.known.students[code] = "cleared";
    await this.keep({ key, code, tag: "", at: new Date().toISOString() });
    await this.write();
    return { word: "noted", code };
  }

  async device(pair, key) {
    const state = pair.code && this.known.students[pair.code];
    if (state === "stop" || state === "served") return { word: state, ...pair, held: { tag: pair.tag } };
    if (!pair.tag) return { word: "which", ...pair, held: pair };
    if (!pair.code) return { word: "whose", ...pair, held: pair };
    this.known.students[pair.code] = "served";
    const gone = await this.hashed(pair.tag);
    this.known.devices = this.known.devices.filter((device) => device !== gone);
    await this.keep({ key, ...pair, at: new Date().toISOString() });
    await this.write();
    return { word: "given", ...pair };
  }
}

export const erase = () => settled(indexedDB.deleteDatabase(base));
