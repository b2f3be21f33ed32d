package exchange

// The files of a key folder. party.key may be kept elsewhere; the others are needed to run a node.
const (
	fileID      = "keyring.json"
	fileParty   = "party.key"  // PEM, PKCS #8
	fileNode    = "node.key"   // PEM, PKCS #8
	fileSeal    = "seal.key"   // one line: sealPrefix, base64 of the HPKE private key
	fileTLSKey  = "tls.key"    // PEM, PKCS #8
	fileTLSCert = "tls.crt"    // PEM, X.509
	fileLedger  = "ledger.key" // one line: signer key in the form of golang.org/x/mod/sumdb/note
	fileRest    = "rest.key"   // one line: restPrefix, base64 of 32 bytes
)

const (
	sealPrefix = "convenio-seal-key-v1 MLKEM768-X25519 "
	restPrefix = "convenio-rest-key-v1 "

	maxKeyFileBytes = 16 << 10
)

type keyringID struct {
	Version int     `json:"version"`
	Party   PartyID `json:"party"`
}
