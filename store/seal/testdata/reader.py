"""Opens testdata/vectors.json by docs/format.md alone, with Python's standard
library and `cryptography`. Prints how many secrets, values and entries opened.
"""

import hmac, json, struct, sys, unicodedata

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

DEVICE, PASSPHRASE, RECOVERY, PASSKEY = 1, 2, 3, 4


def derive(secret, salt, label):
    return HKDF(hashes.SHA256(), 32, salt, b"keepwell/1 " + label).derive(secret)


def open_small(key, sealed, associated):
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], associated)


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        assert self.at + n <= len(self.data), "cut short"
        self.at += n
        return self.data[self.at - n : self.at]

    def number(self, n):
        return int.from_bytes(self.take(n), "big")


class Keyring:
    def __init__(self, data):
        r = Reader(data)
        assert r.take(4) == b"KWKR" and r.number(1) == 1
        self.store, self.revision, self.epoch = r.take(16), r.number(8), r.number(4)
        self.journal, self.methods = r.take(32), []
        for _ in range(r.number(1)):
            start = r.at
            kind, _id, _created = r.number(1), r.take(8), r.number(8)
            params = r.take(r.number(2))
            self.methods.append((kind, params, data[start : r.at], r.take(60)))
        self.secrets = r.take(r.number(2))
        self.body, self.code = data[: r.at], r.take(32)
        assert r.at == len(data)

    def subkey(self, master, label):
        return derive(master, self.store, label)

    def associated(self, purpose):
        return b"keepwell/1 " + purpose + self.store + struct.pack(">I", self.epoch)

    def unlock(self, kind, secrets):
        for method, params, head, wrapped in self.methods:
            if method == kind:
                key = wrapping_key(kind, params, secrets)
                master = open_small(key, wrapped, self.associated(b"wrap") + head)
                code = hmac.digest(self.subkey(master, b"keyring"), self.body, "sha256")
                assert hmac.compare_digest(code, self.code)
                return self.keys(master)

    def keys(self, master):
        r = Reader(open_small(self.subkey(master, b"secrets"), self.secrets, self.associated(b"secrets")))
        identify, masters = r.take(32), {self.epoch: master}
        for _ in range(r.number(1)):
            epoch = r.number(4)
            masters[epoch] = r.take(32)
        assert r.at == len(r.data)
        return identify, masters


def wrapping_key(kind, params, secrets):
    r = Reader(params)
    if kind == PASSPHRASE:
        assert r.number(1) == 1
        memory, passes, lanes, salt = r.number(4), r.number(4), r.number(1), r.take(16)
        passphrase = unicodedata.normalize("NFC", secrets["passphrase"]).encode()
        return Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=memory).derive(passphrase)
    salt = r.take(16)
    if kind == RECOVERY:
        return derive(secrets["recoveryCode"].replace("-", "")[:26].encode(), salt, b"recovery")
    assert r.take(32).hex() == secrets["prfInput"]
    assert r.take(r.number(2)).hex() == secrets["credential"]
    return derive(bytes.fromhex(secrets["prfOutput"]), salt, b"passkey")


def open_value(ring, masters, place, sealed):
    version, kind, epoch = struct.unpack(">BBI", sealed[:6])
    assert version == 1
    key = ring.subkey(masters[epoch], {1: b"records", 2: b"metadata"}[kind])
    associated = b"keepwell/1 value" + ring.store + sealed[:6] + place.encode()
    return AESGCM(key).decrypt(sealed[6:18], sealed[18:], associated)


# HPKE, RFC 9180: only what base mode with one message takes.


def extract(salt, ikm):
    return hmac.digest(salt or bytes(32), ikm, "sha256")


def expand(prk, info, length):
    out = block = b""
    for i in range(1, -(-length // 32) + 1):
        block = hmac.digest(prk, block + info + bytes([i]), "sha256")
        out += block
    return out[:length]


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, length):
    return expand(prk, struct.pack(">H", length) + b"HPKE-v1" + suite + label + info, length)


KEM = b"KEM" + struct.pack(">H", 0x0020)
HPKE = b"HPKE" + struct.pack(">HHH", 0x0020, 0x0001, 0x0002)


def journal_key(ikm):
    prk = labeled_extract(KEM, b"", b"dkp_prk", ikm)
    return X25519PrivateKey.from_private_bytes(labeled_expand(KEM, prk, b"sk", b"", 32))


def raw(public):
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def open_entry(ring, masters, place, entry):
    version, epoch = struct.unpack(">BI", entry[:5])
    assert version == 1
    encapsulated, ciphertext = entry[5:37], entry[37:]
    private = journal_key(ring.subkey(masters[epoch], b"journal"))
    if epoch == ring.epoch:
        assert raw(private.public_key()) == ring.journal
    dh = private.exchange(X25519PublicKey.from_public_bytes(encapsulated))
    prk = labeled_extract(KEM, b"", b"eae_prk", dh)
    shared = labeled_expand(KEM, prk, b"shared_secret", encapsulated + raw(private.public_key()), 32)
    info = b"keepwell/1 journal" + ring.store + struct.pack(">I", epoch) + place.encode()
    context = b"\0" + labeled_extract(HPKE, b"", b"psk_id_hash", b"") + labeled_extract(HPKE, b"", b"info_hash", info)
    secret = labeled_extract(HPKE, shared, b"secret", b"")
    key = labeled_expand(HPKE, secret, b"key", context, 32)
    nonce = labeled_expand(HPKE, secret, b"base_nonce", context, 12)
    return AESGCM(key).decrypt(nonce, ciphertext, b"")


def main(path):
    with open(path) as f:
        vectors = json.load(f)
    ring = Keyring(bytes.fromhex(vectors["keyring"]))
    opened = [ring.unlock(kind, vectors["secrets"]) for kind in (PASSPHRASE, RECOVERY, PASSKEY)]
    assert all(o == opened[0] for o in opened)
    identify, masters = opened[0]
    assert {m["epoch"]: bytes.fromhex(m["master"]) for m in vectors["masters"]} == masters
    for v in vectors["values"]:
        assert open_value(ring, masters, v["place"], bytes.fromhex(v["sealed"])).hex() == v["plaintext"]
    for e in vectors["journal"]:
        assert open_entry(ring, masters, e["place"], bytes.fromhex(e["entry"])).hex() == e["plaintext"]
    for i in vectors["identity"]:
        assert hmac.digest(identify, i["label"].encode(), "sha256")[:16].hex() == i["identity"]
    print(f"{len(opened)} secrets, {len(vectors['values'])} values, {len(vectors['journal'])} entries")


main(sys.argv[1])
