"""Reads protocol-v1.json with nothing of this project: Python, and its package cryptography (48 or later).

    python3 protocol-v1.py protocol-v1.json

It follows docs/protocol.md, so it is both a check of that page and a start for another implementation.
"""

import base64
import hashlib
import json
import struct
import sys

from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric import ed25519, mlkem, x25519

b64 = base64.b64decode


def check(what, ok):
    print("ok  " if ok else "FAIL", what)
    if not ok:
        sys.exit(1)


def encode(value):  # 2.1
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def verify(public, domain, body, signature):  # 2.6; raises if it does not fit
    message = domain.encode() + b"\0" + hashlib.sha256(body).digest()
    ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    return True


def verify_document(public, domain, document):  # 2.7
    return verify(public, domain, encode(document | {"signature": ""}), b64(document["signature"]))


def part(data, at):  # 2.8
    (n,) = struct.unpack(">I", data[at : at + 4])
    return data[at + 4 : at + 4 + n], at + 4 + n


def after(name, data):
    check("begins with " + name.strip().decode(), data.startswith(name))
    return len(name)


v = json.load(open(sys.argv[1], encoding="utf-8"))
a, b = v["card_a"], v["card_b"]
for card in (a, b):
    check("card of " + card["party"], verify_document(b64(card["keys"]["party"]), "convenio-card-v1", card))
text = base64.b32encode(hashlib.sha256(encode(a | {"signature": ""})).digest()[:20]).decode()  # 3.3
check("fingerprint", "-".join(text[i : i + 4] for i in range(0, 32, 4)) == v["fingerprint_a"])

message = b64(v["message"])  # 6.1
meta, at = part(message, after(b"convenio-message/1\n", message))
envelope = message[at:]
check("message", json.loads(meta)["seen"] == 5 and envelope == b64(v["envelope"]))

at = after(b"convenio-envelope/1\n", envelope)  # 4.1
header, at = part(envelope, at)
enc, at = part(envelope, at)
ciphertext, at = part(envelope, at)
check("sizes", len(enc) == 1120 and len(ciphertext) == 4096 + 16 and len(envelope) == at + 64)
check("header", header == encode(v["header"]))
node = b64(a["keys"]["node"])
check("outer signature", verify(node, "convenio-envelope-v1", envelope[:at], envelope[at:]))
check("digest", hashlib.sha256(envelope).hexdigest() == v["digest"])

seed = hashlib.shake_256(bytes.fromhex(v["seal_private_b"])).digest(96)
key = hpke.MLKEM768X25519PrivateKey(
    mlkem.MLKEM768PrivateKey.from_seed_bytes(seed[:64]), x25519.X25519PrivateKey.from_private_bytes(seed[64:])
)
suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
plaintext = suite.decrypt(enc + ciphertext, key, b"convenio-envelope-v1\0" + header)  # 4.6
payload, end = part(plaintext, 64)  # 4.3
check("payload", payload == encode(v["payload"]) and not any(plaintext[end:]))
inner = struct.pack(">I", len(header)) + header + payload  # 4.5
check("inner signature", verify(node, "convenio-payload-v1", inner, plaintext[:64]))

receipt = v["receipt"]
check("receipt", verify_document(b64(b["keys"]["node"]), "convenio-receipt-v1", receipt) and receipt["message"] == v["digest"])
