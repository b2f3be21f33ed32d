package content

import (
	"bytes"
	"fmt"
)

// The extensible formats, ISO/IEC 39794, are ASN.1 (an application tag with the number of the part, around a version
// block) or XML (a namespace that ends in the number of the part). They are recognised and carried, not read.
var extensible = map[byte]string{
	0x62: "39794-2 finger minutiae", 0x64: "39794-4 finger image", 0x65: "39794-5 face image", 0x66: "39794-6 iris image",
}

const extensibleNamespace = "http://standards.iso.org/iso-iec/39794/-"

func is39794(data []byte) bool {
	return asn39794(data) != "" || bytes.HasPrefix(bytes.TrimLeft(data[:min(len(data), 64)], "\ufeff \t\r\n"), []byte("<")) &&
		bytes.Contains(data[:min(len(data), 4096)], []byte(extensibleNamespace))
}

// asn39794 names the part where the bytes are one DER element with that part's tag whose first member is the version
// block's tag 0, else "".
func asn39794(data []byte) string {
	if len(data) < 4 || extensible[data[0]] == "" {
		return ""
	}
	n, head := int(data[1]), 2
	if n >= 0x80 {
		size := n & 0x7f
		if size == 0 || size > 4 || len(data) < 2+size {
			return ""
		}
		n, head = 0, 2+size
		for _, b := range data[2:head] {
			n = n<<8 | int(b)
		}
	}
	if len(data)-head != n || n < 2 || data[head] != 0xa0 {
		return ""
	}
	return extensible[data[0]]
}

func open39794(data []byte, _ int) (*File, error) {
	name := asn39794(data)
	encoding := "tagged binary encoding"
	if name == "" {
		at := bytes.Index(data, []byte(extensibleNamespace)) + len(extensibleNamespace)
		part := string(data[at:min(at+1, len(data))])
		name, encoding = "39794-"+part, "XML encoding"
	}
	return &File{Title: fmt.Sprintf("ISO/IEC %s, %s", name, encoding), Notes: []string{"this format is carried, not read"}}, nil
}
