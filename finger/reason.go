package finger

// Reason says why an image was rejected or why its quality is low. Its text is made for the person who captures:
// it names what is wrong and what helps.
type Reason uint8

// Reasons of rejection and of low quality.
const (
	ReasonNone         Reason = iota
	ReasonDamaged             // the image's data do not fit its size
	ReasonResolution          // resolution out of range
	ReasonTooSmall            // image smaller than 5 mm
	ReasonTooLarge            // image larger than any finger
	ReasonNoFinger            // nothing in it that looks like ridges
	ReasonLittleArea          // the print covers too little
	ReasonFewMinutiae         // too few minutiae to tell fingers apart
	ReasonLowContrast         // ridges hardly darker than valleys
	ReasonTooDry              // ridges broken into dots
	ReasonTooWet              // ridges run together
	ReasonSmeared             // the finger moved, or the ridges are not clear
	ReasonManyMinutiae        // far more minutiae than a finger has: noise taken for ridges
	ReasonRescaled            // the resolution was unknown or cannot be right: estimated from the ridges
	reasonCount
)

var reasonKeys = [reasonCount]string{"none", "damaged", "resolution", "too-small", "too-large", "no-finger", "too-little-area",
	"few-minutiae", "low-contrast", "too-dry", "too-wet", "smeared", "noisy", "rescaled"}

var reasonTexts = [reasonCount][2]string{
	{"", ""},
	{"La imagen está dañada: vuelva a capturar el dedo.", "The image is damaged: capture the finger again."},
	{"La resolución de la imagen no sirve: se necesitan entre 190 y 2000 píxeles por pulgada.", "The image's resolution is not usable: between 190 and 2000 pixels per inch are needed."},
	{"La imagen es demasiado pequeña: capture el dedo completo.", "The image is too small: capture the whole finger."},
	{"La imagen es demasiado grande: recórtela a un solo dedo.", "The image is too large: crop it to a single finger."},
	{"No se ve ningún dedo: coloque el dedo sobre el lector.", "No finger is seen: place the finger on the reader."},
	{"Se ve muy poca huella: apoye toda la yema del dedo, plana y centrada.", "Too little of the print is seen: lay the whole fingertip flat and centred."},
	{"Hay muy pocos detalles en la huella: limpie el lector y apoye toda la yema.", "There are too few details in the print: clean the reader and lay the whole fingertip on it."},
	{"Hay poco contraste: limpie el lector y presione un poco más.", "There is little contrast: clean the reader and press a little harder."},
	{"El dedo está muy seco: humedézcalo un poco o presione más.", "The finger is too dry: moisten it a little or press harder."},
	{"El dedo está muy húmedo o presiona demasiado: séquelo y presione menos.", "The finger is too wet or pressed too hard: dry it and press less."},
	{"La huella está corrida o borrosa: no mueva el dedo durante la captura.", "The print is smeared or blurred: keep the finger still during the capture."},
	{"La imagen tiene demasiado ruido: limpie el dedo y el lector.", "The image is too noisy: clean the finger and the reader."},
	{"La resolución indicada falta o no puede ser correcta: se estimó por las crestas. Indique la resolución del lector.", "The resolution is not stated or cannot be right: it was estimated from the ridges. State the reader's resolution."},
}

// String returns the reason's key, stable over versions: "too-dry", "few-minutiae" ...
func (r Reason) String() string {
	if r >= reasonCount {
		return "unknown"
	}
	return reasonKeys[r]
}

// Text returns what to tell the person who captures, in Spanish ("es") or English (anything else).
func (r Reason) Text(lang string) string {
	if r >= reasonCount {
		return ""
	}
	if lang == "es" {
		return reasonTexts[r][0]
	}
	return reasonTexts[r][1]
}

// RejectError says that an image is not a usable fingerprint. The caller asks for another capture.
type RejectError struct {
	Reason Reason
	Detail string // measured figures, in English, for a log; holds nothing of the image
}

// Error implements error.
func (e *RejectError) Error() string {
	if e.Detail == "" {
		return "not a usable fingerprint: " + e.Reason.String()
	}
	return "not a usable fingerprint: " + e.Reason.String() + ": " + e.Detail
}
