package exchange

import "net/http"

// factsOf is the one table of refusal codes: HTTP status, what the sender may do, and the words for a person.
func factsOf(c Code) (codeFacts, bool) {
	switch c {
	case CodeTooLarge:
		return codeFacts{http.StatusRequestEntityTooLarge, RetryNew,
			Text{"El mensaje es demasiado grande", "The message is too large"}}, true
	case CodeMalformed:
		return codeFacts{http.StatusBadRequest, RetryNew,
			Text{"El mensaje no tiene la forma acordada", "The message does not have the agreed form"}}, true
	case CodeUnsupported:
		return codeFacts{http.StatusBadRequest, RetryNever,
			Text{"Los nodos hablan versiones distintas del protocolo", "The nodes speak different versions of the protocol"}}, true
	case CodeUnknownParty:
		return codeFacts{http.StatusForbidden, RetryNever,
			Text{"El nodo no conoce a quien envía", "The node does not know the sender"}}, true
	case CodeWrongSender:
		return codeFacts{http.StatusForbidden, RetryNever,
			Text{"El mensaje dice venir de otra parte", "The message claims to come from another party"}}, true
	case CodeWrongRecipient:
		return codeFacts{http.StatusMisdirectedRequest, RetryNever,
			Text{"El mensaje es para otra parte", "The message is for another party"}}, true
	case CodeBadSignature:
		return codeFacts{http.StatusForbidden, RetryNever,
			Text{"La firma no corresponde", "The signature does not fit"}}, true
	case CodeWrongAgreement:
		return codeFacts{http.StatusConflict, RetryNew,
			Text{"El mensaje se apoya en un texto que no está en vigor", "The message is under a text that is not in force"}}, true
	case CodeClockSkew:
		return codeFacts{http.StatusConflict, RetrySame,
			Text{"Los relojes de los nodos difieren", "The nodes' clocks differ"}}, true
	case CodeExpired:
		return codeFacts{http.StatusGone, RetryNew,
			Text{"El mensaje llegó después de su plazo", "The message came after its deadline"}}, true
	case CodeReplay:
		return codeFacts{http.StatusConflict, RetryNever,
			Text{"Ya se recibió otro mensaje con el mismo identificador", "Another message with the same identifier was received before"}}, true
	case CodeNotForThisKey:
		return codeFacts{http.StatusUnprocessableEntity, RetryNew,
			Text{"El mensaje está cifrado para otra clave", "The message is sealed to another key"}}, true
	case CodeNotInLedger:
		return codeFacts{http.StatusUnprocessableEntity, RetryNew,
			Text{"El mensaje no consta en la bitácora de quien lo envía", "The message is not in the sender's ledger"}}, true
	case CodeLedgerForked:
		return codeFacts{http.StatusConflict, RetryNever,
			Text{"La bitácora de quien envía contradice lo que mostró antes", "The sender's ledger contradicts what it showed before"}}, true
	case CodeNeedConsistency:
		return codeFacts{http.StatusPreconditionRequired, RetrySame,
			Text{"Falta la prueba de que la bitácora continúa la ya vista", "The proof that the ledger continues the one already seen is missing"}}, true
	case CodeOutOfOrder:
		return codeFacts{http.StatusConflict, RetryNever,
			Text{"El mensaje no corresponde al estado del intercambio", "The message does not fit the state of the exchange"}}, true
	case CodeDenied:
		return codeFacts{http.StatusForbidden, RetryNever,
			Text{"El convenio no lo permite", "The agreement does not allow it"}}, true
	case CodeBusy:
		return codeFacts{http.StatusServiceUnavailable, RetrySame,
			Text{"El nodo está ocupado", "The node is busy"}}, true
	}
	return codeFacts{}, false
}

// Codes lists every refusal code in the order in which the checks are made.
func Codes() []Code {
	return []Code{CodeBusy, CodeUnknownParty, CodeTooLarge, CodeUnsupported, CodeMalformed, CodeWrongSender,
		CodeWrongRecipient, CodeBadSignature, CodeWrongAgreement, CodeClockSkew, CodeExpired, CodeReplay,
		CodeNotForThisKey, CodeNeedConsistency, CodeLedgerForked, CodeNotInLedger, CodeOutOfOrder, CodeDenied}
}
