package exchange

// Text returns the state in words for a person, in "es" or "en"; an unknown state as it is.
func (s State) Text(lang string) string {
	t, ok := stateText(s)
	if !ok {
		return string(s)
	}
	return t.In(lang)
}

// stateText is the one table of words for states; the two sides' names differ, so one table serves both.
func stateText(s State) (Text, bool) {
	for _, row := range []struct {
		state State
		text  Text
	}{
		{StateNew, Text{"Nuevo", "New"}},
		{AskRefused, Text{"No se envió: el convenio no lo permite", "Not sent: the agreement does not allow it"}},
		{AskSent, Text{"Enviado", "Sent"}},
		{AskAcknowledged, Text{"Recibido por la otra parte", "Received by the other party"}},
		{AskRejected, Text{"La otra parte no aceptó el mensaje", "The other party did not accept the message"}},
		{AskUndelivered, Text{"Sin acuse de recibo dentro del plazo", "No receipt before the deadline"}},
		{AskNoHit, Text{"Sin coincidencia", "No hit"}},
		{AskHit, Text{"Coincidencia", "Hit"}},
		{AskAnswerRefused, Text{"La otra parte rechazó la búsqueda", "The other party refused the search"}},
		{AskDisclosureRequested, Text{"Datos solicitados", "Data requested"}},
		{AskDisclosed, Text{"Datos recibidos", "Data received"}},
		{AskDisclosureRefused, Text{"Datos denegados", "Data refused"}},
		{AskExpired, Text{"Plazo vencido", "Expired"}},
		{AnsRefusedAtDoor, Text{"No aceptado a la entrada", "Refused at the door"}},
		{AnsReceived, Text{"Recibido", "Received"}},
		{AnsSearching, Text{"En búsqueda", "Being searched"}},
		{AnsAwaitingExaminer, Text{"A la espera del perito", "Waiting for an examiner"}},
		{AnsAnsweredNoHit, Text{"Respondido: sin coincidencia", "Answered: no hit"}},
		{AnsAnsweredHit, Text{"Respondido: coincidencia", "Answered: hit"}},
		{AnsAnsweredRefused, Text{"Respondido: rechazado", "Answered: refused"}},
		{AnsAwaitingApprover, Text{"A la espera de una segunda persona", "Waiting for a second person"}},
		{AnsReleased, Text{"Datos entregados", "Data released"}},
		{AnsClosed, Text{"Cerrado", "Closed"}},
	} {
		if row.state == s {
			return row.text, true
		}
	}
	return Text{}, false
}
